import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { home, type Environment } from '../workspace/working-folders.ts';

/** What was found out about this machine; each part is undefined until it was. */
export interface MachineKnowledge {
  /** `/proc/sys/kernel/random/boot_id` of the boot in which KVM failed to run a guest, and what it said. */
  readonly kvmFailure?: { readonly boot: string; readonly reason: string };
  /** Which machine types a QEMU has, by its path and `size:mtime`. */
  readonly qemu?: Readonly<Record<string, { readonly stamp: string; readonly hasPc70: boolean }>>;
}

/** A file of the user's cache folder. What cannot be read is unknown; what cannot be written is found out again. */
export class MachineCache {
  readonly #path: string;

  constructor(environment: Environment) {
    const folder = environment['XDG_CACHE_HOME'] || join(home(environment), '.cache');
    this.#path = join(folder, 'unigraph', 'machine.json');
  }

  read(): MachineKnowledge {
    try {
      const read: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      return typeof read === 'object' && read !== null ? read : {};
    } catch {
      return {};
    }
  }

  /** Adds to what is known. */
  write(knowledge: MachineKnowledge): void {
    const aside = `${this.#path}.${process.pid}`;
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeFileSync(aside, `${JSON.stringify({ ...this.read(), ...knowledge }, undefined, 2)}\n`);
      renameSync(aside, this.#path);
    } catch {
      // `force` does not cover a parent that is no folder.
      if (existsSync(aside)) rmSync(aside);
    }
  }
}

/** Tells one boot of the machine from another; undefined where there is no such file. */
export function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}
