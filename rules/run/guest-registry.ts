import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { home, type Environment } from '../workspace/working-folders.ts';

/** A guest that runs or has run, as `ps`, `logs`, `stop` and `debug` see it. */
export interface GuestRecord {
  readonly name: string;
  /** The unigraph that looks after it. */
  readonly pid: number;
  /** When that process began (field 22 of /proc/PID/stat): process ids are used again. */
  readonly pidStart: string;
  readonly image: string;
  readonly debugImage: string | undefined;
  readonly architecture: string;
  readonly gdbPort: number | undefined;
  /** As given: `127.0.0.1:8080->80/tcp`. */
  readonly ports: readonly string[];
  readonly background: boolean;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** Once it has ended. */
  readonly ended?: number;
  readonly status?: number;
}

export interface Guest extends GuestRecord {
  readonly running: boolean;
  /** The console's output; only of guests in the background. */
  readonly log: string;
}

/**
 * The user's guests: a folder each, with `guest.json` and, in the background, `console.log`, below
 * `$XDG_STATE_HOME/unigraph/guests`. A record whose process is gone is of a guest that ended without a word.
 */
export class GuestRegistry {
  readonly #folder: string;

  constructor(environment: Environment) {
    const state = environment['XDG_STATE_HOME'] || join(home(environment), '.local', 'state');
    this.#folder = join(state, 'unigraph', 'guests');
  }

  folderOf(name: string): string {
    return join(this.#folder, name);
  }

  logOf(name: string): string {
    return join(this.#folder, name, 'console.log');
  }

  /**
   * Takes a name for a new guest: the wanted one, or with `-2`, `-3`, … behind it while it is in use. A name whose guest has
   * ended is free again; its log goes.
   * @throws the errors of node:fs
   */
  reserve(wanted: string): string {
    const base = wanted.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^\.+/, '') || 'guest';
    mkdirSync(this.#folder, { recursive: true });
    for (let number = 1; ; number++) {
      const name = number === 1 ? base : `${base}-${number}`;
      if (this.find(name)?.running === true) continue;
      rmSync(this.folderOf(name), { recursive: true, force: true });
      try {
        mkdirSync(this.folderOf(name));
        return name;
      } catch (error) {
        // Another unigraph was quicker.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  write(record: GuestRecord): void {
    const path = join(this.folderOf(record.name), 'guest.json');
    const aside = `${path}.${process.pid}`;
    writeFileSync(aside, `${JSON.stringify(record, undefined, 2)}\n`);
    renameSync(aside, path);
  }

  find(name: string): Guest | undefined {
    try {
      const read = JSON.parse(readFileSync(join(this.folderOf(name), 'guest.json'), 'utf8')) as GuestRecord;
      const running = read.ended === undefined && isSameProcess(read.pid, read.pidStart);
      return { ...read, running, log: this.logOf(name) };
    } catch {
      return undefined;
    }
  }

  /** All guests, the latest first. */
  list(): Guest[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder)
      .map((name) => this.find(name))
      .filter((guest) => guest !== undefined)
      .sort((a, b) => b.started - a.started);
  }

  remove(name: string): void {
    rmSync(this.folderOf(name), { recursive: true, force: true });
  }
}

/** When a process began, in ticks since the boot; undefined when there is none, or only a zombie. */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in parentheses, which may hold blanks and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function isSameProcess(pid: number, start: string): boolean {
  return processStart(pid) === start;
}
