import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { candidates, type Mirror } from '../../engine/fetch/download.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { Environment, WorkingFolders } from '../workspace/working-folders.ts';
import { readCheckout } from './checkout.ts';
import { formatName, type ComponentName } from './component-name.ts';
import type { Repository } from './find-repository.ts';
import { describeGitFailure, git, type GitFailure, type GitOptions, type Reference } from './git.ts';
import { checkoutLabel, versionedFolder } from './installed.ts';
import { canonicalUrl } from './origin.ts';
import { referencesOf } from './update.ts';
import { chooseVersion, type Chosen } from './versions.ts';
import { workInProgress, workState, type WorkState } from './work-state.ts';

export interface PullContext {
  readonly mirrors: readonly Mirror[];
  readonly environment: Environment;
  readonly signal?: AbortSignal;
  readonly onStep?: (text: string) => void;
  /** Take a folder that holds another repository, such as a fork of one's own, as it is; without it, that is an error. */
  readonly takeOther?: boolean;
}

/** What pulling a component came to. */
export interface Pulled extends ComponentName {
  readonly folder: string;
  /** The branch, tag or commit that lies there now. */
  readonly version: string;
  readonly commit: string | undefined;
  readonly source: string;
  readonly outcome: 'cloned' | 'updated' | 'current' | 'kept';
  /** Why something was left as it is, or put elsewhere. */
  readonly notice?: string;
}

/** The folder that a component belongs in. */
export function folderFor({ kind, name }: ComponentName, folders: WorkingFolders): string {
  switch (kind) {
    case 'core':
      return folders.core;
    case 'library':
      return join(folders.libraries, name);
    case 'platform':
      return join(folders.platforms, name);
    case 'architecture':
      return join(folders.architectures, name);
    case 'application':
      return join(folders.apps, name);
  }
}

/**
 * Brings a component into its folder, at a version.
 *
 * A folder in which somebody works is neither moved to another version nor overwritten: with changed files, commits of
 * its own, an unfinished merge, or on a branch that somebody has chosen. Another version then goes into a folder beside
 * it, `NAME@VERSION`, which the workspace prefers for that version.
 * @param version undefined: what is there is brought up to date; what is not there, at `stable`
 */
export async function pull(
  repository: Repository,
  version: string | undefined,
  folder: string,
  context: PullContext,
): Promise<Result<Pulled, Diagnostic>> {
  return new Pull(repository, version, folder, context).run();
}

class Pull {
  private readonly repository: Repository;
  private readonly version: string | undefined;
  private readonly folder: string;
  private readonly context: PullContext;
  private readonly options: GitOptions;

  constructor(repository: Repository, version: string | undefined, folder: string, context: PullContext) {
    this.repository = repository;
    this.version = version;
    this.folder = folder;
    this.context = context;
    this.options = { environment: context.environment, ...(context.signal && { signal: context.signal }) };
  }

  async run(): Promise<Result<Pulled, Diagnostic>> {
    if (isEmptyOrMissing(this.folder)) return this.cloneInto(this.folder);
    const checkout = readCheckout(this.folder);
    if (checkout === undefined) {
      if (!statSync(this.folder).isDirectory()) return fail({ message: `${this.folder} is not a folder` });
      return ok(
        this.kept(`${this.folder} is no git working tree; it is used as it is`, undefined, undefined),
      );
    }
    const state = await workState(this.folder, this.options);
    if (!state.ok) return fail(describeGitFailure(state.error, `read the state of ${this.folder}`));
    const foreign = await this.otherRepository();
    if (foreign !== undefined && this.context.takeOther === true) {
      return ok(this.kept(`it is a working tree of ${foreign}`, state.value, foreign));
    }
    if (foreign !== undefined) {
      return fail({
        message: `${this.folder} holds another repository (${foreign})`,
        hint: `Move it away, or put ${formatName(this.repository)} elsewhere with --into DIR.`,
      });
    }
    return this.update(state.value);
  }

  private async cloneInto(folder: string, notice?: string): Promise<Result<Pulled, Diagnostic>> {
    const chosen = await this.choose(this.version);
    if (!chosen.ok) return chosen;
    const { source, version } = chosen.value;
    const parent = dirname(folder);
    const staging = `${folder}.pulling-${process.pid}`;
    try {
      mkdirSync(parent, { recursive: true });
    } catch (error) {
      return fail({ message: `cannot make the folder ${parent} (${codeOf(error)})` });
    }
    try {
      const cloned = await this.clone(source, version, staging);
      if (!cloned.ok) return cloned;
      rmSync(folder, { recursive: true, force: true });
      renameSync(staging, folder);
    } catch (error) {
      return fail({ message: `cannot put ${formatName(this.repository)} into ${folder} (${codeOf(error)})` });
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
    return ok(this.report(folder, version, source, 'cloned', notice));
  }

  private async clone(source: string, version: Chosen, staging: string): Promise<Result<void, Diagnostic>> {
    const branch = version.kind === 'commit' ? [] : ['--branch', version.name];
    // What is on this machine already need not come over the network again.
    const near = existsSync(this.folder) ? ['--reference-if-able', this.folder, '--dissociate'] : [];
    let problem: Diagnostic | undefined;
    for (const place of candidates([source], this.context.mirrors)) {
      rmSync(staging, { recursive: true, force: true });
      this.context.onStep?.(`clone ${place}`);
      const cloned = await git(
        ['-c', 'advice.detachedHead=false', 'clone', '--progress', ...near, ...branch, '--', place, staging],
        { ...this.options, onProgress: (line) => this.context.onStep?.(line) },
      );
      if (!cloned.ok) {
        problem = describeGitFailure(cloned.error, `clone ${place}`);
        if (cloned.error.reason === 'cancelled' || cloned.error.reason === 'not-installed') break;
        continue;
      }
      const inside = { ...this.options, cwd: staging };
      if (place !== source) await git(['remote', 'set-url', 'origin', source], inside);
      if (version.kind === 'commit') {
        const moved = await git(['checkout', '--quiet', '--detach', version.name], inside);
        if (!moved.ok) return fail(describeGitFailure(moved.error, `check out ${version.name}`));
      }
      return ok(undefined);
    }
    return fail(problem!);
  }

  /** Brings a working tree up to date, if that disturbs nobody. */
  private async update(state: WorkState): Promise<Result<Pulled, Diagnostic>> {
    const busy = workInProgress(state);
    if (this.version === undefined && state.branch === undefined) {
      return ok(this.kept('it is at a fixed version', state, undefined, 'current'));
    }
    const chosen = await this.choose(this.version ?? state.branch);
    if (!chosen.ok) {
      if (this.version !== undefined) return chosen;
      return ok(this.kept(chosen.error.message, state, undefined));
    }
    const { source, version } = chosen.value;
    const isThere = version.kind === 'commit' && state.commit?.startsWith(version.name) === true;
    const onIt = version.kind === 'branch' ? state.branch === version.name : state.commit === version.commit;
    if (isThere || (onIt && version.commit === state.commit)) {
      return ok(this.report(this.folder, version, source, 'current'));
    }
    if (onIt) {
      if (busy !== undefined) return ok(this.kept(`${busy}; bring it up to date with git`, state, source));
      return this.fastForward(version, source, state);
    }
    if (state.branch === undefined && busy === undefined) return this.move(version, source);
    const why = busy ?? `it is on the branch ${state.branch}`;
    const beside = versionedFolder(this.folder, this.version ?? version.name);
    const notice = `${this.folder} stays as it is: ${why}`;
    if (isEmptyOrMissing(beside)) return this.cloneInto(beside, notice);
    const other = await new Pull(this.repository, this.version, beside, this.context).run();
    return other.ok ? ok({ ...other.value, notice }) : other;
  }

  private async fastForward(
    version: Chosen,
    source: string,
    state: WorkState,
  ): Promise<Result<Pulled, Diagnostic>> {
    const fetched = await this.fetch(
      source,
      `+refs/heads/${version.name}:refs/remotes/origin/${version.name}`,
    );
    if (!fetched.ok) return fail(describeGitFailure(fetched.error, `fetch ${source}`));
    const merged = await git(['merge', '--quiet', '--ff-only', `refs/remotes/origin/${version.name}`], {
      ...this.options,
      cwd: this.folder,
    });
    if (!merged.ok) {
      const notice = `its branch ${version.name} has gone another way than the one at ${source}`;
      return ok(this.kept(notice, state, source));
    }
    return ok(this.report(this.folder, version, source, 'updated'));
  }

  /** Moves a clean, detached tree, which `pull` has made, to another version. */
  private async move(version: Chosen, source: string): Promise<Result<Pulled, Diagnostic>> {
    const tag = version.kind === 'tag' ? [`refs/tags/${version.name}:refs/tags/${version.name}`] : [];
    const fetched = await this.fetch(source, '+refs/heads/*:refs/remotes/origin/*', ...tag);
    if (!fetched.ok) return fail(describeGitFailure(fetched.error, `fetch ${source}`));
    const at = { ...this.options, cwd: this.folder };
    const checkOut = (...args: string[]) =>
      git(['-c', 'advice.detachedHead=false', 'checkout', '--quiet', ...args], at);
    let moved: Result<string, GitFailure>;
    if (version.kind === 'branch') {
      const present = await git(['rev-parse', '--verify', '--quiet', `refs/heads/${version.name}`], at);
      // A branch that is there may have commits that are nowhere else: it is never reset.
      moved = present.ok
        ? await checkOut(version.name)
        : await checkOut('-b', version.name, '--track', `origin/${version.name}`);
      if (moved.ok && present.ok) {
        moved = await git(['merge', '--quiet', '--ff-only', `refs/remotes/origin/${version.name}`], at);
      }
    } else {
      moved = await checkOut('--detach', version.commit ?? version.name);
    }
    if (!moved.ok)
      return fail(describeGitFailure(moved.error, `check out ${version.name} in ${this.folder}`));
    return ok(this.report(this.folder, version, source, 'updated'));
  }

  /** Fetches into the folder's repository, from a mirror if there is one. */
  private async fetch(source: string, ...refspecs: string[]): Promise<Result<string, GitFailure>> {
    let fetched: Result<string, GitFailure> | undefined;
    for (const place of candidates([source], this.context.mirrors)) {
      this.context.onStep?.(`fetch ${place}`);
      fetched = await git(['fetch', '--progress', '--', place, ...refspecs], {
        ...this.options,
        cwd: this.folder,
        onProgress: (line) => this.context.onStep?.(line),
      });
      if (fetched.ok) return fetched;
    }
    return fetched!;
  }

  /** The version in the repository, or, without a network, in what was known of it. */
  private async choose(
    version: string | undefined,
  ): Promise<Result<{ source: string; version: Chosen }, Diagnostic>> {
    const { places, offered } = this.repository;
    let problem: Diagnostic | undefined;
    for (const source of places) {
      this.context.onStep?.(`ask ${source}`);
      const listed = await referencesOf(source, this.context);
      if (!listed.ok) {
        problem ??= listed.error;
        continue;
      }
      const { references, head } = listed.value;
      const chosen = chooseVersion(references, head, version, formatName(this.repository));
      return chosen.ok ? ok({ source, version: chosen.value }) : chosen;
    }
    const known: readonly Reference[] = offered?.references ?? [];
    if (known.length > 0 && existsSync(join(this.folder, '.git'))) {
      const chosen = chooseVersion(known, offered?.head, version, formatName(this.repository));
      if (chosen.ok && chosen.value.commit !== undefined)
        return ok({ source: places[0]!, version: chosen.value });
    }
    return fail(problem!);
  }

  /** The repository that the folder was cloned from, if it is none of those that are meant. */
  private async otherRepository(): Promise<string | undefined> {
    const remote = await git(['config', '--get', 'remote.origin.url'], { ...this.options, cwd: this.folder });
    if (!remote.ok || remote.value === '') return undefined;
    const meant = candidates(this.repository.places, this.context.mirrors).map(comparable);
    return meant.includes(comparable(remote.value)) ? undefined : remote.value;
  }

  private report(
    folder: string,
    version: Chosen,
    source: string,
    outcome: Pulled['outcome'],
    notice?: string,
  ): Pulled {
    const { kind, name } = this.repository;
    const commit = readCheckout(folder)?.commit ?? version.commit;
    return {
      kind,
      name,
      folder,
      version: version.name,
      commit,
      source,
      outcome,
      ...(notice !== undefined && { notice }),
    };
  }

  private kept(
    notice: string,
    state: WorkState | undefined,
    source: string | undefined,
    outcome: Pulled['outcome'] = 'kept',
  ): Pulled {
    const { kind, name, places } = this.repository;
    return {
      kind,
      name,
      folder: this.folder,
      version: checkoutLabel(readCheckout(this.folder)) ?? 'unknown',
      commit: state?.commit,
      source: source ?? places[0] ?? '',
      outcome,
      notice,
    };
  }
}

/** `git@github.com:a/b.git`, `https://github.com/a/b` and `ssh://git@github.com/a/b` are one repository. */
function comparable(url: string): string {
  const scp = /^[\w.-]+@([\w.-]+):(.+)$/.exec(url);
  const text = scp ? `${scp[1]}/${scp[2]}` : canonicalUrl(url).replace(/^[a-z]+:\/\/(?:[^@/]*@)?/i, '');
  return text
    .replace(/\.git$/, '')
    .replace(/\/+$/, '')
    .toLowerCase();
}

function isEmptyOrMissing(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return !existsSync(folder);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
