import type { Diagnostic } from '../../engine/location.ts';
import { nearest } from '../../engine/nearest.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { Reference } from './git.ts';

/** A version without what marks it as a tag: `RELEASE-0.16.3`, `v0.16.3` and `0.16.3` are the same. */
export function bareVersion(version: string): string {
  return version.replace(/^(RELEASE-|v(?=\d))/, '');
}

/** What was chosen out of a repository's branches and tags. */
export interface Chosen {
  readonly kind: 'branch' | 'tag' | 'commit';
  /** As git knows it. */
  readonly name: string;
  /** Undefined for an abbreviated commit that no branch or tag points at. */
  readonly commit?: string;
}

/**
 * The branch, tag or commit that a version means: a distribution is a branch (`staging`), a release a tag with or
 * without `RELEASE-` or `v`. Without a version: `stable`, or else the branch that the repository itself prefers.
 */
export function chooseVersion(
  references: readonly Reference[],
  head: string | undefined,
  asked: string | undefined,
  name: string,
): Result<Chosen, Diagnostic> {
  const branches = references.filter(({ kind }) => kind === 'branch');
  const tags = references.filter(({ kind }) => kind === 'tag');
  const branch = (wanted: string | undefined) => branches.find((each) => each.name === wanted);
  if (asked === undefined || asked === '*') {
    const chosen =
      branch('stable') ?? branch(head) ?? branch('main') ?? branch('master') ?? branches[0] ?? tags.at(-1);
    if (chosen !== undefined) return ok(chosen);
    return fail({ message: `the repository of ${name} is empty: it has no branches and no tags` });
  }
  const exact =
    branch(asked) ??
    tags.find((tag) => tag.name === asked) ??
    tags.find((tag) => bareVersion(tag.name) === bareVersion(asked)) ??
    // Before Unikraft had `stable`, its repositories called it master.
    (asked === 'stable' ? (branch('master') ?? branch('main')) : undefined);
  if (exact !== undefined) return ok(exact);
  if (/^[0-9a-f]{7,64}$/.test(asked)) {
    const commit = references.find((each) => each.commit.startsWith(asked))?.commit;
    return ok({ kind: 'commit', name: asked, ...(commit !== undefined && { commit }) });
  }
  const known = versionNames(references);
  const meant = nearest(bareVersion(asked), known);
  const some = known.length > 12 ? `${known.slice(0, 12).join(', ')}, …` : known.join(', ');
  return fail({
    message: `${name} has no version '${asked}' (it has ${some || 'none at all'})`,
    ...(meant !== undefined && { hint: `Did you mean '${meant}'?` }),
  });
}

/** The names of all versions for people: `stable` and `staging`, releases from the newest, other branches. */
export function versionNames(references: readonly Reference[]): string[] {
  const branches = references.filter(({ kind }) => kind === 'branch').map(({ name }) => name);
  const first = ['stable', 'staging'].filter((name) => branches.includes(name));
  const others = branches.filter((name) => !first.includes(name)).sort();
  return [...new Set([...first, ...releases(references), ...others])];
}

/** The releases, from the newest, without `RELEASE-` and `v`. */
export function releases(references: readonly Reference[]): string[] {
  const names = references.filter(({ kind }) => kind === 'tag').map(({ name }) => bareVersion(name));
  return [...new Set(names)].sort((a, b) => compareVersions(b, a));
}

/** Orders versions by their numbers: 0.9 before 0.10, 1.0-rc1 before 1.0; others by their text. */
export function compareVersions(a: string, b: string): number {
  const partsOf = (version: string) => version.split(/[.\-+_]|(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)/i);
  const left = partsOf(a);
  const right = partsOf(b);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const one = left[index];
    const two = right[index];
    if (one === two) continue;
    // A further number makes a version newer, a further word (rc1, beta) older.
    if (one === undefined) return /^\d/.test(two!) ? -1 : 1;
    if (two === undefined) return /^\d/.test(one) ? 1 : -1;
    const bothNumbers = /^\d+$/.test(one) && /^\d+$/.test(two);
    if (bothNumbers && Number(one) !== Number(two)) return Number(one) - Number(two);
    if (bothNumbers) continue;
    if (/^\d+$/.test(one) !== /^\d+$/.test(two)) return /^\d+$/.test(one) ? 1 : -1;
    return one < two ? -1 : 1;
  }
  return 0;
}
