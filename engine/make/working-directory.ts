import { defaultFlags } from './flags.ts';
import type { MakeHost } from './host.ts';
import { decodeOptions } from './options.ts';
import { describeError } from './system-errors.ts';

/**
 * The directory of `-C`; the command line is decoded for real later.
 * @returns the directory as far as one came, and why no farther
 */
export function changeDirectory(options: {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly host: MakeHost;
}): { readonly directory: string; readonly failure?: string } {
  const flags = defaultFlags();
  decodeOptions(options.argv, {
    flags,
    fromEnvironment: false,
    onWord: () => undefined,
    onError: () => undefined,
    fileName: (name) => name,
  });
  let directory = options.cwd;
  if (flags.help || flags.version) return { directory };
  for (const name of flags.directories) {
    const home = options.environment['HOME'];
    const expanded = /^~(\/|$)/.test(name) && home !== undefined ? home + name.slice(1) : name;
    const path = expanded.startsWith('/') ? expanded : `${directory}/${expanded}`;
    const stat = options.host.stat(path);
    if (stat?.directory !== true) {
      const code = stat === undefined ? options.host.lastError : 'ENOTDIR';
      return { directory, failure: `${name}: ${describeError(code)}` };
    }
    directory = options.host.realpath(path) ?? path;
  }
  return { directory };
}
