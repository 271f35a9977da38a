import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isGroup } from '../../engine/graph/action.ts';
import { reasonsToRun } from '../../engine/graph/freshness.ts';
import { describeSystemError, isSystemError } from '../../engine/graph/perform.ts';
import type { Lock } from '../../engine/journal/lock.ts';
import type { Diagnostic } from '../../engine/location.ts';
import type { BuildEvent } from '../../engine/report/event.ts';
import { ok, type Result } from '../../engine/result.ts';
import { watch, type Watcher } from '../../engine/watch/watcher.ts';
import { buildWorkspace, type KeptBuild } from '../build/build-workspace.ts';
import { stateFolder } from '../build/state-folder.ts';
import { makeProgram } from '../build/load.ts';
import { staleness } from '../evaluation/evaluation-record.ts';
import { currentUmask } from '../evaluation/shell-answers.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { buildInputs, buildOutputs } from './build-inputs.ts';
import { EvaluationInputs } from './evaluation-inputs.ts';
import { isBelow, isFolder, tellable } from './changed-paths.ts';
import { failedInputs } from './failed-inputs.ts';
import { filesNamedBy, makefilesOf } from './refused-inputs.ts';
import { isLater, type Failure } from './failure.ts';
import { HeldFolder } from './held-folder.ts';
import type { WatchSink } from './watch-event.ts';

/** What is built, and which goals of it. */
export interface Watched {
  readonly workspace: Workspace;
  readonly goals: readonly string[];
}

export interface WatchRequest {
  /** Finds out what is to be built; called again when something has changed that it read. */
  readonly resolve: () => Promise<Result<Watched, Diagnostic>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly jobs: number;
  readonly keepGoing: boolean;
  /** The words that start this program: node and the script. */
  readonly self: readonly string[];
  readonly emit: WatchSink;
  /** Called after each build that succeeded; `asked` when somebody wanted it built again. */
  readonly onBuilt?: (asked: boolean) => void;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** More changes at once than a person makes: a branch is switched, an archive unpacked. One waits until it is quiet. */
const BULK = 50;
const QUIET_MS = 150;
/** The same when files of the build folder are gone and the folder is not: the watcher gathers so many events for a second. */
const REMOVAL_MS = 1200;
const LONGEST_BULK_MS = 5000;
/** How long a folder must be left alone before its listing counts, when only editors' files came and went. */
const SETTLE_MS = 1000;

/**
 * Keeps a build folder up to date until it is told to end.
 *
 *     resolve -> build -> wait -> decide -> build -> ...
 *                  |                ^
 *                  +-- obsolete ----+   an input changed while the build ran: it is stopped
 *
 * Between builds the folder's lock is free, so that other commands can be used; another watch is refused.
 */
export class WatchSession {
  readonly #request: WatchRequest;
  readonly #watcher: Watcher;
  #watched: Watched | undefined;
  #held: HeldFolder | undefined;
  /** Changed paths that were not looked at yet. */
  #pending = new Set<string>();
  #lastEventMs = 0;
  /**
   * Listed folders in which an editor is at work. Makefiles that list a folder would have to be evaluated again for its
   * backup and temporary files, which takes longer than most builds; so that waits until the folder is left alone.
   */
  readonly #unsettled = new Set<string>();
  readonly #settled = new Set<string>();
  #asked = false;
  /** Whether anything was told since it was last said that one waits. */
  #hasNews = true;
  #failure: Failure | undefined;
  #evaluation: EvaluationInputs | undefined;
  #evaluatedFrom: object | undefined;
  /** Everything that was asked to be watched since the graph was loaded: an answer about a path that is no longer watched would grow old. */
  #paths = new Set<string>();
  #running: { readonly abort: AbortController; readonly kept: KeptBuild } | undefined;
  #wake: () => void = () => {};

  constructor(request: WatchRequest) {
    this.#request = request;
    this.#watcher = watch({ onNotice: (text) => request.emit({ kind: 'notice', text }) });
  }

  /** Builds again although nothing has changed. */
  rebuild(): void {
    this.#asked = true;
    this.#wake();
  }

  /**
   * Watches until the signal.
   * @returns why the watch could not begin; `ok` after the signal
   */
  async run(): Promise<Result<undefined, Diagnostic>> {
    const { signal } = this.#request;
    const onAbort = (): void => {
      this.#running?.abort.abort(signal.reason);
      this.#wake();
    };
    signal.addEventListener('abort', onAbort);
    const listening = this.#listen();
    try {
      const first = await this.#resolve();
      if (!first.ok) return first;
      let changed: readonly string[] | undefined = [];
      while (!signal.aborted) {
        if (changed !== undefined) await this.#build(changed);
        await this.#change();
        if (signal.aborted) break;
        changed = await this.#decide();
      }
      return ok(undefined);
    } finally {
      signal.removeEventListener('abort', onAbort);
      await this.#watcher.close();
      await listening;
      await this.#leave();
    }
  }

  async #listen(): Promise<void> {
    for await (const { changed } of this.#watcher) {
      for (const name of changed) this.#pending.add(name);
      this.#lastEventMs = performance.now();
      const running = this.#running;
      if (running !== undefined && !running.abort.signal.aborted && this.#isObsolete(running.kept, changed)) {
        this.#request.emit({ kind: 'obsolete', changed: tellable(changed, this.#watched!.workspace.build) });
        running.abort.abort();
      }
      this.#wake();
    }
  }

  /** Finds the workspace, and takes the folder for this watch alone. */
  async #resolve(): Promise<Result<undefined, Diagnostic>> {
    const found = await this.#request.resolve();
    if (!found.ok) return found;
    const { build } = found.value.workspace;
    if (this.#held?.build !== build) {
      const held = HeldFolder.take(build);
      if (!held.ok) return held;
      await this.#leave();
      this.#held = held.value;
    }
    this.#watched = found.value;
    return ok(undefined);
  }

  async #leave(): Promise<void> {
    await this.#held?.release();
    this.#held = undefined;
    this.#evaluation = undefined;
    this.#evaluatedFrom = undefined;
    this.#paths.clear();
  }

  /** Resolves when there is something to look at. */
  async #change(): Promise<void> {
    const { signal, emit } = this.#request;
    while (this.#pending.size === 0 && !this.#asked && !signal.aborted) {
      if (this.#hasNews) emit({ kind: 'waiting', failed: this.#failure !== undefined });
      this.#hasNews = false;
      const timer =
        this.#unsettled.size === 0 ? undefined : setTimeout(() => this.#settleFolders(), SETTLE_MS);
      await new Promise<void>((resolve) => (this.#wake = resolve));
      clearTimeout(timer);
    }
    const begun = performance.now();
    for (;;) {
      const needed = this.#isBeingRemoved() ? REMOVAL_MS : this.#pending.size > BULK ? QUIET_MS : 0;
      const quiet = performance.now() - this.#lastEventMs;
      if (quiet >= needed || performance.now() - begun > LONGEST_BULK_MS || signal.aborted) return;
      await sleep(Math.min(QUIET_MS, needed - quiet));
    }
  }

  /** Something of the build folder is gone. Whoever removes the rest of it must not find new files of ours in it. */
  #isBeingRemoved(): boolean {
    const { build } = this.#watched!.workspace;
    if (!fs.existsSync(build)) return false;
    if (!fs.existsSync(this.#state)) return true;
    for (const name of this.#pending) if (isBelow(name, build) && !fs.existsSync(name)) return true;
    return false;
  }

  #settleFolders(): void {
    for (const name of this.#unsettled) {
      this.#settled.add(name);
      this.#pending.add(name);
    }
    this.#unsettled.clear();
    this.#wake();
  }

  get #state(): string {
    return stateFolder(this.#watched!.workspace.build);
  }

  /**
   * Looks at what has changed.
   * @returns the paths to be told as the cause of a build; undefined when there is nothing to build
   */
  async #decide(): Promise<readonly string[] | undefined> {
    const changed = this.#pending;
    const asked = this.#asked;
    this.#pending = new Set();
    const told = tellable(changed, this.#watched!.workspace.build);
    const { workspace } = this.#watched!;
    if (asked || (workspace.read.some((name) => changed.has(path.resolve(name))) && this.#isReal(changed))) {
      const startMs = Date.now();
      const before = JSON.stringify(this.#watched);
      const resolved = await this.#resolve();
      if (!resolved.ok) {
        this.#asked = false;
        this.#refuse(resolved.error, startMs);
        await this.#watch(startMs);
        return undefined;
      }
      if (before !== JSON.stringify(this.#watched)) this.#held!.memory.forget();
    }
    if (asked) return told;
    let lock: Lock | undefined;
    try {
      lock = await this.#lock();
      if (lock === undefined) return undefined;
      return this.#mustBuild(changed) ? told : undefined;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      // Whatever cannot be looked at here, the build will tell.
      return told;
    } finally {
      if (lock !== undefined) this.#held!.memory.settle();
      lock?.release();
    }
  }

  #mustBuild(changed: ReadonlySet<string>): boolean {
    const memory = this.#held!.memory;
    if (!memory.holds) return true;
    const kept = memory.open();
    const { relevant, passing } = memory.invalidate(changed);
    const { loaded } = kept;
    if (loaded === undefined) {
      memory.invalidateAll();
      return this.#isReal(relevant);
    }
    const { build } = this.#watched!.workspace;
    const outside = [...relevant].some((name) => !isBelow(name, build));
    const checked = new Set(changed);
    for (const name of passing) {
      if (this.#settled.delete(name)) continue;
      this.#unsettled.add(name);
      checked.delete(name);
    }
    if (this.#isStale(kept, checked, outside)) {
      this.#forgetGraph(kept);
      return true;
    }
    if (this.#failure !== undefined) return this.#isReal(relevant);
    if (relevant.size === 0) return false;
    // The build itself finds out whether a source holds anything new; what it has made is looked at here, or the build
    // after each build would have one after it.
    if ([...relevant].some((name) => !isBelow(name, build) && !isFolder(name))) return true;
    const scope = loaded.graph.closure(loaded.roots);
    for (const index of scope) {
      const action = loaded.graph.actions[index]!;
      // What runs each time runs with what was saved, but does not make another build by itself: that would never end.
      if (isGroup(action) || action.always === true) continue;
      if (reasonsToRun(action, kept.around).length > 0) return true;
    }
    return false;
  }

  #isStale(kept: KeptBuild, changed: ReadonlySet<string>, withUnknown: boolean): boolean {
    const part = this.#evaluation?.affectedBy(changed, withUnknown);
    if (part === undefined) return false;
    return staleness(part, this.#request.environment, currentUmask(), kept.around.files) !== undefined;
  }

  /** After this the makefiles are looked at as a whole, and evaluated when anything they read is another. */
  #forgetGraph(kept: KeptBuild): void {
    kept.loaded = undefined;
    this.#held!.memory.invalidateAll();
    this.#paths.clear();
  }

  #isReal(changed: ReadonlySet<string>): boolean {
    return this.#failure === undefined || isLater(this.#failure, changed, this.#watched!.workspace.build);
  }

  /** Whether a build that runs would have to be repeated. What it writes itself is looked at when it has ended. */
  #isObsolete({ around, loaded }: KeptBuild, changed: ReadonlySet<string>): boolean {
    const { workspace } = this.#watched!;
    const { files } = around;
    const outside = new Set([...changed].filter((name) => !isBelow(name, workspace.build)));
    if (outside.size === 0 || loaded === undefined) return false;
    if (workspace.read.some((name) => outside.has(path.resolve(name)) && !isFolder(name))) return true;
    for (const name of outside) {
      // Of folders one only knows that something came or went.
      if (!files.holdsStill(files.id(name))) return true;
    }
    const part = this.#evaluation?.affectedBy(outside, false);
    if (part === undefined) return false;
    // Editors come and go with files of their own, also where makefiles have listed a folder: no reason to stop.
    const most = { ...part, listings: [] };
    return staleness(most, this.#request.environment, currentUmask(), files) !== undefined;
  }

  #lock(): Promise<Lock | undefined> {
    const { signal, emit } = this.#request;
    return this.#held!.lock(signal, (holder) => emit({ kind: 'busy', holder }));
  }

  async #build(changed: readonly string[]): Promise<void> {
    const asked = this.#asked;
    this.#asked = false;
    const startMs = Date.now();
    let lock: Lock | undefined;
    try {
      lock = await this.#lock();
      if (lock === undefined) return;
      // If the folder was removed, the watch's own lock went with it.
      this.#held!.renew();
      const kept = this.#held!.memory.open();
      // What changes from here on may be looked at by the build, or not.
      this.#held!.memory.invalidate(this.#pending);
      if (asked) this.#forgetGraph(kept);
      await this.#buildLocked(kept, changed, asked, startMs);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#refuse({ message: describeSystemError(error) }, startMs);
    } finally {
      if (lock !== undefined) this.#held!.memory.settle();
      lock?.release();
    }
  }

  async #buildLocked(
    kept: KeptBuild,
    changed: readonly string[],
    asked: boolean,
    startMs: number,
  ): Promise<void> {
    const { emit, environment, jobs, keepGoing, self, signal } = this.#request;
    const { workspace, goals } = this.#watched!;
    const abort = new AbortController();
    if (signal.aborted) abort.abort(signal.reason);
    this.#running = { abort, kept };
    const hadFailed = this.#failure !== undefined;
    let begun = false;
    const begin = (): void => {
      if (begun) return;
      begun = true;
      this.#hasNews = true;
      emit({ kind: 'building', changed });
    };
    const failed: Extract<BuildEvent, { kind: 'failed' }>[] = [];
    const built = await buildWorkspace({
      workspace,
      goals,
      environment,
      jobs,
      keepGoing,
      dryRun: false,
      self,
      kept,
      signal: abort.signal,
      emit: (event) => {
        if (event.kind === 'started' || event.kind === 'failed') begin();
        if (event.kind === 'failed') failed.push(event);
        // Sources may be saved while a long build runs: then it is of no use to go on.
        if (event.kind === 'started' && this.#isNewGraph(kept)) void this.#watch(startMs);
        emit({ kind: 'build', event });
      },
    });
    this.#running = undefined;
    if (!built.ok) {
      this.#refuse(built.error, startMs);
    } else {
      const { outcome } = built.value;
      const paths = failed.flatMap(({ action, output }) => [...failedInputs(action, output, kept.around)]);
      this.#failure =
        outcome === 'failed' ? { startMs, endMs: Date.now(), paths: new Set(paths) } : undefined;
      const isNews = begun || asked || outcome !== 'succeeded' || hadFailed;
      this.#hasNews ||= isNews;
      emit({ kind: 'built', summary: built.value, isNews });
      if (outcome === 'succeeded') this.#request.onBuilt?.(asked);
      // What it has made of the old state may be mixed with the new: decided when the changes are looked at.
      if (outcome === 'interrupted' && !signal.aborted) this.#failure = undefined;
    }
    await this.#watch(startMs);
  }

  #isNewGraph({ loaded }: KeptBuild): boolean {
    return loaded !== undefined && loaded !== this.#evaluatedFrom;
  }

  #refuse(diagnostic: Diagnostic, startMs: number): void {
    const { workspace } = this.#watched!;
    const paths = new Set([...makefilesOf(workspace), ...filesNamedBy(diagnostic)]);
    this.#failure = { startMs, endMs: Date.now(), paths };
    this.#hasNews = true;
    this.#request.emit({ kind: 'refused', diagnostic });
  }

  /**
   * Watches all that the state of the folder depends on now.
   * @param since changes of paths that were not watched before count from this time on
   */
  async #watch(since = Date.now()): Promise<void> {
    const { workspace } = this.#watched!;
    const paths = this.#paths;
    const kept = this.#held!.memory.current;
    const loaded = kept?.loaded;
    if (kept !== undefined && loaded !== undefined) {
      if (this.#evaluatedFrom !== loaded) {
        this.#evaluation = new EvaluationInputs(loaded.stored.record);
        this.#evaluatedFrom = loaded;
        this.#held!.memory.learnContents(this.#evaluation.listed());
      }
      const names = buildInputs(loaded, kept.around);
      this.#held!.memory.learnSpellings(names);
      for (const name of names) paths.add(path.resolve(name));
      for (const name of buildOutputs(loaded)) paths.add(name);
    }
    // Also when there is no graph, because the makefiles have an error: what they read last is what will be corrected.
    for (const name of this.#evaluation?.paths() ?? []) paths.add(name);
    // This program of the state folder never changes: when it goes, the folder was removed.
    const sentinel = makeProgram(this.#state);
    for (const name of [...workspace.read, workspace.config, sentinel]) paths.add(path.resolve(name));
    for (const name of this.#failure?.paths ?? []) paths.add(name);
    await this.#watcher.setPaths(paths, since);
  }
}
