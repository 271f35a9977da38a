import fs from 'node:fs';
import { describeSystemError, isSystemError } from '../../engine/graph/perform.ts';
import { nodeHost, type KconfigHost, type ShellOutcome } from '../../engine/kconfig/host.ts';

/** What shells say when a disk takes no more. */
const DISK_REFUSES = /No space left on device|Disk quota exceeded|Read-only file system/;

/**
 * The real file system and shell for a run of `conf`, which stops writing at the first sign that the disk takes no more. Scripts
 * of the tree write lists of Config.uk files while it reads; from a list that was cut short, the program would conclude that most
 * options no longer exist, and take them out of `.config`.
 */
export class GuardedHost implements KconfigHost {
  /** The first thing that could not be written, and why, as a sentence without a full stop. */
  unwritable: string | undefined;

  readFile(path: string): Uint8Array | undefined {
    return nodeHost.readFile(path);
  }
  kind(path: string): ReturnType<KconfigHost['kind']> {
    return nodeHost.kind(path);
  }
  exists(path: string): boolean {
    return nodeHost.exists(path);
  }
  readDirectory(path: string): readonly string[] | undefined {
    return nodeHost.readDirectory(path);
  }
  writeFile(path: string, bytes: Uint8Array): boolean {
    if (this.unwritable !== undefined) return false;
    if (nodeHost.writeFile(path, bytes)) return true;
    // Once more, for the reason.
    try {
      fs.writeFileSync(path, bytes);
      return true;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      // A folder that is missing will be made.
      if (error.code === 'ENOENT') return false;
      this.unwritable = `cannot write ${describeSystemError(Object.assign(error, { path }))}`;
      return false;
    }
  }
  rename(from: string, to: string): boolean {
    return this.unwritable === undefined && nodeHost.rename(from, to);
  }
  remove(path: string): boolean {
    return nodeHost.remove(path);
  }
  makeDirectory(path: string): boolean {
    return nodeHost.makeDirectory(path);
  }
  shell(...call: Parameters<KconfigHost['shell']>): ShellOutcome {
    const outcome = nodeHost.shell(...call);
    const complaint = DISK_REFUSES.exec(Buffer.from(outcome.stderr).toString('latin1'))?.[0];
    if (complaint !== undefined) this.unwritable ??= `${call[0].trim().split(/\s/)[0]}: ${complaint}`;
    return outcome;
  }
}
