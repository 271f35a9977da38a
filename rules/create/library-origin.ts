import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { canonicalUrl } from '../index/origin.ts';
import type { Reference } from '../index/git.ts';
import { bareVersion, chooseVersion, releases } from '../index/versions.ts';

/** Where a library's sources come from, ready for its Makefile.uk. */
export type LibraryOrigin =
  | {
      readonly kind: 'archive';
      readonly version: string;
      /** With `$VERSION` where the version is. */
      readonly template: string;
      /** With the version filled in. */
      readonly url: string;
    }
  | {
      readonly kind: 'git';
      readonly version: string;
      readonly url: string;
      /** The tag or branch. */
      readonly reference: string;
      /** The reference with `$VERSION` where the version is. */
      readonly template: string;
    };

/** Asks a repository for its branches and tags. */
export type AskReferences = (
  url: string,
) => Promise<Result<{ references: Reference[]; head: string | undefined }, Diagnostic>>;

const archiveName = /\.(tar\.(gz|xz|bz2|zst)|t(gz|xz|bz2)|zip)$/i;

const originHint =
  "Give the archive's address, with $VERSION where the version is: https://example.org/x-$VERSION.tar.gz; or a git repository.";

/**
 * Reads what `--origin` and `--version` say. A GitHub or GitLab project is fetched as the archive of the tag that the
 * version means; without a version it is the newest one. Other git repositories are cloned.
 */
export async function libraryOrigin(
  text: string,
  version: string | undefined,
  ask: AskReferences,
): Promise<Result<LibraryOrigin, Diagnostic>> {
  if (/[\s\u0000-\u001f\u007f'"`\\;|&<>()#]/.test(text)) {
    return fail({ message: 'the origin has characters that no address has', hint: originHint });
  }
  if (version !== undefined && !/^[\w][\w.+~-]*$/.test(version)) {
    return fail({ message: `'${version}' is no version`, hint: 'Take letters, digits and . _ + ~ -.' });
  }
  const template = text.replaceAll(/\$\{VERSION\}|\$\(VERSION\)/g, '$VERSION');
  if (template.replaceAll('$VERSION', '').includes('$')) {
    return fail({
      message: "only $VERSION can stand for something in the origin's address",
      hint: originHint,
    });
  }
  if (archiveName.test(template) || /^file:/.test(template) || /\/download$/.test(template)) {
    return archiveOrigin(template, version);
  }
  const project = /^(https:\/\/(github|gitlab)\.com\/[\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(template);
  if (project !== null) return hostedOrigin(project[1]!, project[2]!, version, ask);
  if (/^(https?|ssh|git):\/\/|^[\w.-]+@[\w.-]+:/.test(template)) return gitOrigin(template, version, ask);
  return fail({ message: `'${text}' is no address of an archive or repository`, hint: originHint });
}

function archiveOrigin(template: string, version: string | undefined): Result<LibraryOrigin, Diagnostic> {
  if (!template.includes('$VERSION')) {
    const told = version ?? versionIn(template);
    if (told === undefined) {
      return fail({
        message: 'the version is missing, and the address does not show it',
        hint: 'Give --version VERSION.',
      });
    }
    return ok({ kind: 'archive', version: told, url: template, template: withPlaceholder(template, told) });
  }
  if (version === undefined) {
    return fail({
      message: 'the address has a $VERSION, but the version is missing',
      hint: 'Give --version VERSION.',
    });
  }
  return ok({ kind: 'archive', version, template, url: template.replaceAll('$VERSION', version) });
}

/** The version in an archive's name: `…/v0.1.0.zip`, `…/iperf-3.10.1.tar.gz`. */
export function versionIn(url: string): string | undefined {
  const name = url
    .replace(/\/download$/, '')
    .split('/')
    .at(-1)!;
  return /(?:^|[-_v])v?(\d+(?:\.\d\w*)*[a-z]?(?:-?(?:rc|alpha|beta)\d*)?)(?:\.orig)?\.(?:tar\.\w+|t\w{2,3}|zip)$/i.exec(
    name,
  )?.[1];
}

/** Puts `$VERSION` where a version stands in a text, but not inside a longer number. */
export function withPlaceholder(text: string, version: string): string {
  const escaped = version.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replaceAll(new RegExp(`(?<![\\d.])${escaped}(?!\\.?\\d)`, 'g'), '$VERSION');
}

async function hostedOrigin(
  project: string,
  host: string,
  version: string | undefined,
  ask: AskReferences,
): Promise<Result<LibraryOrigin, Diagnostic>> {
  const found = await referenceFor(project, version, ask);
  if (!found.ok) return found;
  const { reference, isTag, version: told } = found.value;
  const template = withPlaceholder(reference, told);
  const name = project.split('/').at(-1)!;
  const place =
    host === 'github'
      ? `${project}/archive/refs/${isTag ? 'tags' : 'heads'}/${template}.tar.gz`
      : `${project}/-/archive/${template}/${name}-${template.replaceAll('/', '-')}.tar.gz`;
  return ok({ kind: 'archive', version: told, template: place, url: place.replaceAll('$VERSION', told) });
}

async function gitOrigin(
  url: string,
  version: string | undefined,
  ask: AskReferences,
): Promise<Result<LibraryOrigin, Diagnostic>> {
  const found = await referenceFor(url, version, ask);
  if (!found.ok) return found;
  const { reference, version: told } = found.value;
  return ok({ kind: 'git', url, version: told, reference, template: withPlaceholder(reference, told) });
}

/** The tag that a version means; without one the newest release, or the branch that the repository prefers. */
async function referenceFor(
  url: string,
  version: string | undefined,
  ask: AskReferences,
): Promise<Result<{ reference: string; version: string; isTag: boolean }, Diagnostic>> {
  const listed = await ask(canonicalUrl(url));
  if (!listed.ok) return listed;
  const { references, head } = listed.value;
  // Tags such as `3.10.1`, `v3.10.1`, `release-3.10.1`, `iperf-3.10.1`.
  const wanted = version ?? releases(references).find((name) => /^\d/.test(bareVersion(name)));
  const tags = references.filter(({ kind }) => kind === 'tag');
  const tag =
    wanted === undefined
      ? undefined
      : (tags.find(({ name }) => bareVersion(name) === bareVersion(wanted)) ??
        tags.find(({ name }) => name.replace(/^[A-Za-z][\w]*?[-_/]v?(?=\d)/, '') === wanted));
  if (wanted !== undefined && tag !== undefined) {
    const told = version === undefined ? bareVersion(tag.name) : bareVersion(version);
    return ok({ reference: tag.name, version: told, isTag: true });
  }
  const chosen = chooseVersion(references, head, version, url);
  if (!chosen.ok) return chosen;
  if (chosen.value.kind === 'commit') {
    return fail({
      message: "a library's origin needs a tag or branch, not a commit",
      hint: 'Give --version TAG.',
    });
  }
  return ok({ reference: chosen.value.name, version: chosen.value.name, isTag: chosen.value.kind === 'tag' });
}
