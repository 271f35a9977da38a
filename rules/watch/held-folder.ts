import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeSystemError, isSystemError } from '../../engine/graph/perform.ts';
import { takeLock, type Lock, type LockHolder } from '../../engine/journal/lock.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { stateFolder } from '../build/state-folder.ts';
import { BuildMemory } from './build-memory.ts';

/** Between two looks whether another build has ended. */
const BUSY_MS = 200;

/**
 * A build folder that one watch has for itself: a lock of its own keeps other watches away for as long as it lives, the folder's
 * lock keeps other builds away only while one builds or looks.
 */
export class HeldFolder {
  readonly build: string;
  readonly memory: BuildMemory;
  #own: Lock;

  private constructor(build: string, own: Lock) {
    this.build = build;
    this.#own = own;
    this.memory = new BuildMemory(build);
  }

  /** @returns the folder, or who watches it, or why it cannot be written */
  static take(build: string): Result<HeldFolder, Diagnostic> {
    try {
      const lock = takeLock(ownLock(build));
      if (lock.ok) return ok(new HeldFolder(build, lock.value));
      return fail({
        message: `another watch (process ${lock.error.pid}) builds in ${build}`,
        hint: 'End it, or give this one a folder of its own with --output.',
      });
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return fail({ message: `cannot build in ${build}: ${describeSystemError(error)}` });
    }
  }

  /**
   * The folder's lock, as soon as nobody else has it; undefined when the signal comes before. Both `memory.settle` and the
   * release must follow.
   * @throws the file system's error when the folder cannot be written
   */
  async lock(signal: AbortSignal, onBusy: (holder: LockHolder) => void): Promise<Lock | undefined> {
    for (let told = false; !signal.aborted;) {
      const lock = takeLock(path.join(stateFolder(this.build), 'lock'));
      if (lock.ok) return lock.value;
      if (!told) onBusy(lock.error);
      told = true;
      await sleep(BUSY_MS);
    }
    return undefined;
  }

  /** Takes the watch's own lock again, which went with the folder if that was removed. */
  renew(): void {
    if (fs.existsSync(ownLock(this.build))) return;
    const lock = takeLock(ownLock(this.build));
    if (lock.ok) this.#own = lock.value;
  }

  async release(): Promise<void> {
    await this.memory.close();
    this.#own.release();
  }
}

const ownLock = (build: string): string => path.join(stateFolder(build), 'watch-lock');
