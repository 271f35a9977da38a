import type { MakeHost, ShellReply, ShellRequest } from '../../engine/make/host.ts';
import { toText } from '../../engine/make/bytes.ts';

/** A side effect that expanding a recipe would have had. */
export type Effect =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly content: string; readonly append: boolean };

const MAKE_FOLDER = /^\s*mkdir -p (?:"([^"$`\\]+)"|'([^']+)'|([^\s"'$`\\;&|<>*?[\]()]+))\s*$/;

/**
 * A host that, while a recipe is expanded, keeps `$(file …)` and `$(shell mkdir -p …)` back: Unikraft's `build_cmd`
 * writes `X.cmd` that way (support/build/Makefile.rules, write_file_deferred), and lowering turns it into steps
 * of the action. Everything else goes to the host behind it.
 */
export class CaptureHost implements MakeHost {
  readonly #behind: MakeHost;
  #effects: Effect[] | undefined;

  constructor(behind: MakeHost) {
    this.#behind = behind;
  }

  /** Runs `expand` and returns what it would have done to the disk beside its result. */
  capture<T>(expand: () => T): { readonly result: T; readonly effects: readonly Effect[] } {
    const outer = this.#effects;
    const effects: Effect[] = [];
    this.#effects = effects;
    try {
      return { result: expand(), effects };
    } finally {
      this.#effects = outer;
    }
  }

  writeFile(path: string, text: string, append: boolean): string | undefined {
    if (this.#effects === undefined) return this.#behind.writeFile(path, text, append);
    this.#effects.push({ kind: 'write', path: toText(path), content: toText(text), append });
    return undefined;
  }

  shell(request: ShellRequest): ShellReply {
    const folder = this.#effects === undefined ? null : MAKE_FOLDER.exec(request.command);
    if (folder === null) return this.#behind.shell(request);
    const name = toText((folder[1] ?? folder[2] ?? folder[3])!);
    const path = name.startsWith('/') ? name : `${toText(request.cwd)}/${name}`;
    this.#effects!.push({ kind: 'folder', path });
    return { stdout: '', status: 0 };
  }

  readFile(path: string): string | undefined {
    return this.#behind.readFile(path);
  }

  stat(path: string): ReturnType<MakeHost['stat']> {
    return this.#behind.stat(path);
  }

  lstat(path: string): ReturnType<MakeHost['lstat']> {
    return this.#behind.lstat(path);
  }

  readDirectory(path: string): readonly string[] | undefined {
    return this.#behind.readDirectory(path);
  }

  realpath(path: string): string | undefined {
    return this.#behind.realpath(path);
  }

  readStandardInput(): string {
    return this.#behind.readStandardInput();
  }

  now(): number {
    return this.#behind.now();
  }

  get lastError(): string | undefined {
    return this.#behind.lastError;
  }
}
