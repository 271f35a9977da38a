import fs from 'node:fs';
import { runConf } from '../../engine/kconfig/command.ts';
import { noInput, type ConfOutput } from '../../engine/kconfig/conf-run.ts';
import { nodeHost, type KconfigHost } from '../../engine/kconfig/host.ts';
import {
  describeSystemError,
  isSystemError,
  type NativeOutcome,
  type Performer,
} from '../../engine/graph/perform.ts';

/** Notes the files that a configuration run reads, so that editing any of them configures again. */
class RecordingHost implements KconfigHost {
  readonly read = new Set<string>();
  /** Files that were there and were replaced. */
  readonly replaced = new Set<string>();
  /** The first file that could not be written, and why. */
  unwritable: string | undefined;

  readFile(path: string): Uint8Array | undefined {
    this.read.add(path);
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
    this.read.delete(path);
    if (nodeHost.writeFile(path, bytes)) return true;
    // Once more, for the reason.
    try {
      fs.writeFileSync(path, bytes);
      return true;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.unwritable ??= `cannot write ${describeSystemError(Object.assign(error, { path }))}`;
      return false;
    }
  }
  rename(from: string, to: string): boolean {
    if (nodeHost.exists(to)) this.replaced.add(to);
    return nodeHost.rename(from, to);
  }
  remove(path: string): boolean {
    return nodeHost.remove(path);
  }
  makeDirectory(path: string): boolean {
    return nodeHost.makeDirectory(path);
  }
  shell(...call: Parameters<KconfigHost['shell']>): ReturnType<KconfigHost['shell']> {
    return nodeHost.shell(...call);
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
    host,
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
