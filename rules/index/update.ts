import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import pLimit from 'p-limit';
import { candidates, type Mirror } from '../../engine/fetch/download.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { home, type Environment } from '../workspace/working-folders.ts';
import type { Catalogue, Offered } from './catalogue.ts';
import { isComponentName, nameFromFolder, nameFromPath, type ComponentName } from './component-name.ts';
import { describeGitFailure, git, listReferences, type Reference } from './git.ts';
import { apiFor, listOwner, type GithubRepository } from './github.ts';
import { formatOrigin, localPath, matcher, parseOrigin, type Origin } from './origin.ts';

export interface UpdateContext {
  readonly mirrors: readonly Mirror[];
  readonly environment: Environment;
  readonly signal?: AbortSignal;
  /** Tells what is being asked, for a person who waits. */
  readonly onStep?: (text: string) => void;
  /** The time now; ISO 8601. */
  readonly now: string;
}

export interface UpdateReport {
  readonly catalogue: Catalogue;
  /** What went wrong; the components that the origin had before are kept. */
  readonly problems: readonly { readonly origin: string; readonly problem: Diagnostic }[];
}

/** Questions to servers that are under way at once. */
const parallel = 8;

/**
 * Asks the origins what they offer.
 * @param origins as they are written in the settings
 * @param before what was known; what is not asked anew stays
 */
export async function updateCatalogue(
  origins: readonly string[],
  before: Catalogue,
  context: UpdateContext,
): Promise<UpdateReport> {
  const problems: { origin: string; problem: Diagnostic }[] = [];
  const etags: Record<string, string> = { ...before.etags };
  const components: Offered[] = [];
  const asked = new Set(origins);
  for (const component of before.components) if (!asked.has(component.origin)) components.push(component);
  for (const text of origins) {
    const old = before.components.filter(({ origin }) => origin === text);
    const origin = parseOrigin(text, '/', home(context.environment));
    const found = origin.ok ? await ask(origin.value, text, old, etags, context) : origin;
    if (found.ok) {
      components.push(...found.value.components);
      problems.push(...found.value.problems.map((problem) => ({ origin: text, problem })));
    } else {
      components.push(...old);
      problems.push({ origin: text, problem: found.error });
    }
    if (context.signal?.aborted) break;
  }
  return { catalogue: { components: unique(components), etags }, problems };
}

interface Found {
  readonly components: readonly Offered[];
  readonly problems: readonly Diagnostic[];
}

async function ask(
  origin: Origin,
  text: string,
  old: readonly Offered[],
  etags: Record<string, string>,
  context: UpdateContext,
): Promise<Result<Found, Diagnostic>> {
  context.onStep?.(formatOrigin(origin));
  switch (origin.kind) {
    case 'folder':
      return askFolder(origin.path, text, context);
    case 'repository': {
      const name = nameFromPath(origin.url) ?? {
        kind: 'library',
        name: basename(origin.url).replace(/\.git$/, ''),
      };
      const offered = await askRepository(origin.url, text, name, {}, context);
      return offered.ok ? ok({ components: [offered.value], problems: [] }) : offered;
    }
    case 'wildcard':
      return askOwner(origin, text, old, etags, context);
  }
}

/** A folder is a component, or holds some; each is known by its Makefile.uk, or is a repository with a telling name. */
async function askFolder(
  path: string,
  text: string,
  context: UpdateContext,
): Promise<Result<Found, Diagnostic>> {
  const whole = localComponent(path);
  const inside = whole === undefined ? readdirSync(path).map((name) => join(path, name)) : [path];
  const components: Offered[] = [];
  for (const folder of inside) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) continue;
    const name = localComponent(folder);
    if (name === undefined || !isComponentName(name.name)) continue;
    const isRepository = existsSync(join(folder, '.git')) || isBare(folder);
    const listed = isRepository
      ? await listReferences(folder, { environment: context.environment })
      : undefined;
    components.push({
      ...name,
      origin: text,
      place: folder,
      local: true,
      references: listed?.ok ? listed.value.references : [],
      ...(listed?.ok && listed.value.head !== undefined && { head: listed.value.head }),
      checked: context.now,
    });
  }
  if (components.length > 0) return ok({ components, problems: [] });
  return fail({
    message: `${path} holds no core, library, platform or application`,
    hint: 'A component is a folder with a Makefile.uk.',
  });
}

function localComponent(folder: string): ComponentName | undefined {
  return nameFromFolder(folder) ?? (isBare(folder) ? nameFromPath(folder) : undefined);
}

function isBare(folder: string): boolean {
  return existsSync(join(folder, 'HEAD')) && existsSync(join(folder, 'objects'));
}

async function askRepository(
  url: string,
  origin: string,
  name: ComponentName,
  about: { readonly description?: string | undefined; readonly pushedAt?: string | undefined },
  context: UpdateContext,
): Promise<Result<Offered, Diagnostic>> {
  const listed = await referencesOf(url, context);
  if (!listed.ok) return listed;
  return ok({
    ...name,
    origin,
    place: url,
    local: false,
    ...(about.description !== undefined && { description: printable(about.description) }),
    references: listed.value.references,
    ...(listed.value.head !== undefined && { head: listed.value.head }),
    ...(about.pushedAt !== undefined && { pushedAt: about.pushedAt }),
    checked: context.now,
  });
}

/** The branches and tags of a repository; its mirrors are asked first. Names that could not be a folder are left out. */
export async function referencesOf(
  url: string,
  context: Pick<UpdateContext, 'mirrors' | 'environment' | 'signal'>,
): Promise<Result<{ references: Reference[]; head: string | undefined }, Diagnostic>> {
  const options = { environment: context.environment, ...(context.signal && { signal: context.signal }) };
  let problem: Diagnostic | undefined;
  for (const place of candidates([url], context.mirrors)) {
    const listed = await listReferences(place, options);
    if (listed.ok) {
      const { references, head } = listed.value;
      return ok({ references: references.filter(({ name }) => /^[\w][\w./+-]{0,199}$/.test(name)), head });
    }
    problem = describeGitFailure(listed.error, `ask ${place} for its versions`);
    if (listed.error.reason === 'not-installed' || listed.error.reason === 'cancelled') break;
  }
  return fail(problem!);
}

async function askOwner(
  origin: Extract<Origin, { kind: 'wildcard' }>,
  text: string,
  old: readonly Offered[],
  etags: Record<string, string>,
  context: UpdateContext,
): Promise<Result<Found, Diagnostic>> {
  const repositories = await repositoriesOf(origin, text, old, etags, context);
  if (!repositories.ok) return repositories;
  const pattern = matcher(origin.pattern);
  const before = new Map(old.map((component) => [component.place, component]));
  const limit = pLimit(parallel);
  const problems: Diagnostic[] = [];
  const asked = repositories.value
    .filter(({ name }) => pattern.test(name))
    .map(({ name, ...about }) =>
      limit(async (): Promise<Offered | undefined> => {
        const component = nameFromPath(`/${name}`);
        if (component === undefined || !isComponentName(component.name)) return undefined;
        const url = origin.base + name;
        const known = before.get(url);
        if (known?.pushedAt !== undefined && known.pushedAt === about.pushedAt)
          return { ...known, checked: context.now };
        context.onStep?.(url);
        const offered = await askRepository(url, text, component, about, context);
        if (offered.ok) return offered.value;
        problems.push(offered.error);
        return known;
      }),
    );
  const components = (await Promise.all(asked)).filter((component) => component !== undefined);
  // A whole network that is away is one problem, not a hundred.
  return ok({ components, problems: components.length === 0 ? problems.slice(0, 1) : problems });
}

/**
 * The repositories of an owner: those in a folder, where a mirror or git's `insteadOf` leads to one, else GitHub's
 * answer.
 */
async function repositoriesOf(
  origin: Extract<Origin, { kind: 'wildcard' }>,
  text: string,
  old: readonly Offered[],
  etags: Record<string, string>,
  context: UpdateContext,
): Promise<Result<readonly GithubRepository[], Diagnostic>> {
  const rewritten = await git(['ls-remote', '--get-url', origin.base], { environment: context.environment });
  const places = candidates([origin.base], context.mirrors).concat(rewritten.ok ? rewritten.value : []);
  for (const folder of places.map(localPath)) {
    if (folder === undefined || !existsSync(folder)) continue;
    return ok(
      readdirSync(folder).map((name) => ({
        name: name.replace(/\.git$/, ''),
        description: undefined,
        pushedAt: undefined,
      })),
    );
  }
  const api = apiFor(origin.base, context.environment);
  const known = old.length > 0 ? etags[text] : undefined;
  const listing = await listOwner(api, origin.owner, context.environment, known, context.signal);
  if (!listing.ok) return listing;
  if (listing.value === undefined) {
    return ok(
      old.map((component) => ({
        name: basename(component.place),
        description: component.description,
        pushedAt: component.pushedAt,
      })),
    );
  }
  if (listing.value.etag !== undefined) etags[text] = listing.value.etag;
  return ok(listing.value.repositories);
}

/** Descriptions come from strangers and are shown on a terminal. */
function printable(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, ' ')
    .slice(0, 500);
}

/** The first origin that offers a component wins; a folder on this machine is somebody's own, and wins over all. */
function unique(components: readonly Offered[]): Offered[] {
  const seen = new Map<string, Offered>();
  for (const component of components) {
    const key = `${component.kind}/${component.name}`;
    const first = seen.get(key);
    if (first === undefined || (component.local && !first.local)) seen.set(key, component);
  }
  return [...seen.values()].sort((a, b) => (a.kind + a.name < b.kind + b.name ? -1 : 1));
}
