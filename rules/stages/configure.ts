import type { NativeOutcome, Performer } from '../../engine/graph/perform.ts';
import { runConf } from '../../engine/kconfig/command.ts';
import { noInput, type ConfOutput } from '../../engine/kconfig/conf-run.ts';
import { GuardedHost } from '../configure/guarded-host.ts';
import { withTreeScripts } from '../configure/tree-scripts.ts';

/** Notes the files that a configuration run reads, so that editing any of them configures again. */
class RecordingHost extends GuardedHost {
  readonly read = new Set<string>();
  /** Files that were there and were replaced. */
  readonly replaced = new Set<string>();
  /** Files that were moved away: `.config`, which becomes `.config.old` before the new one comes. */
  readonly #moved = new Set<string>();

  override readFile(path: string): Uint8Array | undefined {
    this.read.add(path);
    return super.readFile(path);
  }
  override writeFile(path: string, bytes: Uint8Array): boolean {
    this.read.delete(path);
    return super.writeFile(path, bytes);
  }
  override rename(from: string, to: string): boolean {
    if (this.exists(to) || this.#moved.has(to)) this.replaced.add(to);
    this.#moved.add(from);
    return super.rename(from, to);
  }
}

/** The argument of a `configure` step: `conf`'s words and the assignments in front of them. */
export interface ConfigureArgument {
  readonly environment: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
}

/**
 * Runs `conf --syncconfig` natively: brings `.config` up to date and writes config.h, auto.conf and tristate.config.
 * Fails where the program does: when `.config` leaves options open that only a person can decide.
 */
export const configure: Performer = (argument, context) => {
  const { environment, argv } = JSON.parse(argument) as ConfigureArgument;
  const chunks: Buffer[] = [];
  const collect: ConfOutput = { isTTY: false, write: (bytes) => chunks.push(Buffer.from(bytes)) };
  const host = new RecordingHost();
  const status = runConf({
    argv,
    cwd: context.action.cwd,
    environment: { ...context.action.environment, ...environment },
    stdin: noInput,
    stdout: collect,
    stderr: collect,
    host: withTreeScripts(host),
  });
  // The lists of Config.uk files that it makes for itself while it reads (plats.uk, libs.uk, …).
  const generated = `${environment['KCONFIG_DIR'] ?? context.action.cwd}/`;
  const discovered = [...host.read].filter((file) => !file.startsWith(generated));
  const output = Buffer.concat(chunks).toString();
  const outcome: NativeOutcome =
    status === 0
      ? { kind: 'succeeded', output: quietUnlessWarning(output), discovered, rewrote: [...host.replaced] }
      : {
          kind: 'failed',
          output,
          message:
            host.unwritable ??
            "the configuration is not complete: run 'unigraph olddefconfig' or 'unigraph menuconfig'",
        };
  return Promise.resolve(outcome);
};

/** `conf` tells each time that it wrote a file; only warnings are news in a build. */
function quietUnlessWarning(output: string): string {
  return /\bwarning\b|\berror\b/i.test(output) ? output : '';
}
