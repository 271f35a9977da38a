import { splitMember } from './archive.ts';
import type { MakeHost } from './host.ts';
import { parsePattern, substituteStem } from './pattern.ts';
import type { Run } from './run.ts';
import { describeError } from './system-errors.ts';
import { Mtime, State, type Target } from './target.ts';
import { rehashTarget, renameTarget } from './target-rename.ts';
import { splitWords } from './words.ts';

/**
 * When a file was last changed, on a scale on which a target is out of date if a prerequisite is later. Here that is
 * the modification time; another strategy may answer from recorded contents.
 */
export interface FileClock {
  /** @returns Mtime.missing if there is no such file */
  timeOf(name: string): number;
}

/** Modification times, as GNU Make compares them. */
export class ModificationClock implements FileClock {
  private readonly run: Run;
  private readonly host: MakeHost;

  constructor(run: Run) {
    this.run = run;
    this.host = run.host;
  }

  timeOf(name: string): number {
    const path = this.run.directories.path(name);
    const stat = this.host.stat(path);
    if (stat === undefined) {
      const code = this.host.lastError;
      if (code !== undefined && code !== 'ENOENT' && code !== 'ENOTDIR') {
        this.run.messages.warn(`stat: ${name}: ${describeError(code)}`, undefined);
        return Mtime.missing;
      }
    }
    const time = stat === undefined ? Mtime.missing : Math.max(0, stat.mtimeMs);
    return this.run.flags.checkSymlinkTimes ? this.newestLink(path, time) : time;
  }

  /** `-L`: the newest of the links on the way and the file. */
  private newestLink(start: string, time: number): number {
    let newest = time;
    let path = start;
    for (let steps = 0; steps < 40; steps++) {
      const stat = this.host.lstat(path);
      if (stat?.link === undefined) break;
      newest = Math.max(newest, stat.mtimeMs);
      path = stat.link.startsWith('/') ? stat.link : path.slice(0, path.lastIndexOf('/') + 1) + stat.link;
    }
    return newest;
  }
}

/** Times of targets, kept in them; finds files by VPATH and libraries by `-l`. */
export class FileTimes {
  clockSkew = false;
  private readonly run: Run;
  private readonly clock: FileClock;
  private now = 0;

  constructor(run: Run, clock: FileClock) {
    this.run = run;
    this.clock = clock;
  }

  /** The time of a target; looks it up if it is not known. The target may get another name by it (see `current`). */
  of(target: Target): number {
    return target.mtime === Mtime.unknown ? this.find(target, true) : target.mtime;
  }

  withoutSearch(target: Target): number {
    return target.mtime === Mtime.unknown ? this.find(target, false) : target.mtime;
  }

  /** Asks the clock anew. */
  find(given: Target, search: boolean): number {
    const target = given;
    const parts = splitMember(target.name);
    if (parts !== undefined) return this.findMember(target, parts.archive, parts.member, search);
    let mtime = this.clock.timeOf(target.name);
    if (mtime === Mtime.missing && search && !target.ignoreVpath) {
      const found = this.searchElsewhere(target.name);
      if (found !== undefined) {
        if (found.mtime !== Mtime.unknown) target.mtime = found.mtime;
        const directory = found.name.slice(0, Math.max(0, found.name.length - target.name.length - 1));
        if (this.run.vpath.keeps(directory)) {
          renameTarget(this.run, target, found.name);
          return this.of(current(target));
        }
        rehashTarget(this.run, target, found.name);
        mtime = found.mtime;
        if (mtime !== Mtime.old && mtime !== Mtime.newest) mtime = this.clock.timeOf(found.name);
      }
    }
    const renamed = current(target);
    this.warnOfFuture(renamed, mtime);
    this.store(renamed, mtime);
    return mtime;
  }

  /** The time of an archive's member; the archive itself may be found elsewhere. */
  private findMember(target: Target, archiveName: string, member: string, search: boolean): number {
    const { run } = this;
    let archive = run.targets.lookupOrEnter(archiveName);
    const archiveTime = this.find(archive, search);
    archive = current(archive);
    let renamed = target;
    if (search && archive.key !== archiveName) {
      const name = `${archive.key}(${member})`;
      if (archive.name === archive.key) renameTarget(run, target, name);
      else rehashTarget(run, target, name);
      renamed = current(target);
    }
    renamed.lowResolutionTime = true;
    // Without the archive there are no members; GNU Make does not even keep this answer.
    if (archiveTime === Mtime.missing) return Mtime.missing;
    const found = splitMember(renamed.key) ?? { archive: archiveName, member };
    const mtime = run.archives.date(found.archive, found.member) ?? Mtime.missing;
    this.warnOfFuture(renamed, mtime);
    this.store(renamed, mtime);
    return mtime;
  }

  /** `.LOW_RESOLUTION_TIME`: the latest time that a file's time may stand for, if only its second is known. */
  endOfSecond(target: Target, mtime: number): number {
    const second = Math.floor(mtime / 1000) * 1000;
    if (second !== mtime) {
      this.run.messages.warn(
        `*** Warning: .LOW_RESOLUTION_TIME file '${target.name}' has a high resolution time stamp`,
        undefined,
      );
    }
    return second + 999.999;
  }

  private searchElsewhere(name: string): { readonly name: string; readonly mtime: number } | undefined {
    const found = this.run.vpath.search(name);
    if (found !== undefined) return found;
    return name.startsWith('-l') ? this.findLibrary(name.slice(2)) : undefined;
  }

  /** A time of a double-colon target is that of all its rules that have come as far. */
  private store(target: Target, mtime: number): void {
    const first = target.doubleColon ?? target;
    const { updated } = first;
    for (const rule of first.rules()) {
      // A file that was there before is not removed as an intermediate one.
      if (
        mtime !== Mtime.missing &&
        rule.state === State.notStarted &&
        !rule.triedImplicit &&
        rule.intermediate
      ) {
        rule.intermediate = false;
      }
      if (rule.updated === updated) rule.mtime = mtime;
    }
  }

  private warnOfFuture(target: Target, mtime: number): void {
    if (this.clockSkew || mtime === Mtime.missing || mtime === Mtime.newest || target.updated) return;
    if (mtime <= this.now) return;
    // The system stamps files with a clock that may be some milliseconds ahead of the one that is read here.
    this.now = this.run.host.now() + 20;
    if (mtime <= this.now) return;
    const seconds = (mtime - this.run.host.now()) / 1000;
    const text = seconds >= 99 ? String(Math.floor(seconds)) : twoDigits(seconds);
    this.run.messages.warn(
      `Warning: File '${target.name}' has modification time ${text} s in the future`,
      undefined,
    );
    this.clockSkew = true;
  }

  /** `-lname`: the first of the `.LIBPATTERNS` in this directory, by VPATH, or among the system's libraries. */
  private findLibrary(name: string): { readonly name: string; readonly mtime: number } | undefined {
    const { run } = this;
    let best: { readonly name: string; readonly mtime: number } | undefined;
    let bestPath = Number.MAX_SAFE_INTEGER;
    let bestDirectory = Number.MAX_SAFE_INTEGER;
    for (const word of splitWords(run.expander.expand('$(.LIBPATTERNS)'))) {
      const pattern = parsePattern(word);
      if (pattern.percent < 0) {
        run.messages.warn(`.LIBPATTERNS element '${word}' is not a pattern`, undefined);
        continue;
      }
      const file = substituteStem(pattern, name);
      const mtime = this.clock.timeOf(file);
      if (mtime !== Mtime.missing) return { name: file, mtime };
      const found = run.vpath.search(file);
      if (
        found !== undefined &&
        (found.pathIndex < bestPath || (found.pathIndex === bestPath && found.directoryIndex < bestDirectory))
      ) {
        best = { name: found.name, mtime: found.mtime };
        bestPath = found.pathIndex;
        bestDirectory = found.directoryIndex;
      }
      libraryDirectories.forEach((directory, index) => {
        const candidate = `${directory}/${file}`;
        const rank = Number.MAX_SAFE_INTEGER - libraryDirectories.length + index;
        if (rank >= bestPath) return;
        const time = this.clock.timeOf(candidate);
        if (time === Mtime.missing) return;
        best = { name: candidate, mtime: time };
        bestPath = rank;
      });
    }
    return best;
  }
}

const libraryDirectories = ['/lib', '/usr/lib', '/usr/lib'];

/** What a target has become, if directory search merged it into another. */
export function current(target: Target): Target {
  let result = target;
  while (result.renamed !== undefined) result = result.renamed;
  return result;
}

/** As printf's %.2g. */
function twoDigits(value: number): string {
  const text = value.toPrecision(2);
  return text.includes('e') ? String(Number(text)) : String(Number.parseFloat(text));
}
