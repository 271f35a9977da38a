import { createHash } from 'node:crypto';
import type { KconfigHost, ShellOutcome } from '../../engine/kconfig/host.ts';
import { submenu, type SubmenuFiles } from './submenu.ts';
import { plainWords } from './words.ts';
import { realAsFarAsPossible } from '../workspace/tree.ts';

/**
 * `support/build/config-submenu.sh` of releases 0.15 to 0.17 (SHA-256 of the script). Another script is run by
 * the shell, as it stands.
 */
const submenuScripts: ReadonlySet<string> = new Set([
  '8036c9d1665fcf577b3ac96d28e0fc6196fada7683077884ba85b8ba4ca5f9cd',
]);

const nothing = new Uint8Array(0);

/**
 * A host that does without a shell what a tree's Config.uk files have shells do: listing sub folders with a
 * Config.uk and comparing two paths. A run of `conf` on core 0.17 with seven libraries spends nine tenths of
 * its time in those scripts. Every other command goes to `host`, and so does a known one in a locale where
 * the order of names is not plain.
 */
export function withTreeScripts(host: KconfigHost): KconfigHost {
  const known = new Map<string, boolean>();
  const isKnown = (script: string): boolean => {
    let answer = known.get(script);
    if (answer === undefined) {
      const bytes = host.readFile(script);
      answer = bytes !== undefined && submenuScripts.has(createHash('sha256').update(bytes).digest('hex'));
      known.set(script, answer);
    }
    return answer;
  };
  const files: SubmenuFiles = {
    kind: (path) => host.kind(path),
    list: (path) => host.readDirectory(path),
    read: (path) => host.readFile(path),
    write: (path, bytes) => host.writeFile(path, bytes),
    realPath: realAsFarAsPossible,
  };
  return {
    ...bindAll(host),
    shell(command, cwd, environment): ShellOutcome {
      const output = comparePaths(command) ?? runSubmenu(command, environment, isKnown, files);
      if (output === undefined) return host.shell(command, cwd, environment);
      return { stdout: Buffer.from(output), stderr: nothing };
    },
  };
}

/** The host's methods as functions of their own: a host may be an object of a class. */
function bindAll(host: KconfigHost): KconfigHost {
  return {
    readFile: (path) => host.readFile(path),
    kind: (path) => host.kind(path),
    exists: (path) => host.exists(path),
    readDirectory: (path) => host.readDirectory(path),
    writeFile: (path, bytes) => host.writeFile(path, bytes),
    rename: (from, to) => host.rename(from, to),
    remove: (path) => host.remove(path),
    makeDirectory: (path) => host.makeDirectory(path),
    shell: (command, cwd, environment) => host.shell(command, cwd, environment),
  };
}

/** `test A = B && echo y || echo n`, as a core's Config.uk asks whether there is an application. */
function comparePaths(command: string): string | undefined {
  const match = /^test ([\w./@%+-]+) = ([\w./@%+-]+) && echo y \|\| echo n$/.exec(command);
  return match === null ? undefined : match[1] === match[2] ? 'y\n' : 'n\n';
}

function runSubmenu(
  command: string,
  environment: Readonly<Record<string, string | undefined>>,
  isKnown: (script: string) => boolean,
  files: SubmenuFiles,
): string | undefined {
  if (!command.includes('config-submenu.sh') || !sortsByBytes(environment)) return undefined;
  const words = plainWords(command);
  const script = words?.[0];
  if (words === undefined || script === undefined || !script.startsWith('/') || !isKnown(script))
    return undefined;
  return submenu(words.slice(1), files);
}

/** Whether the shell's globs come in the order of bytes. */
function sortsByBytes(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = environment['LC_ALL'] || environment['LC_COLLATE'] || environment['LANG'] || 'C';
  return /^(?:C|POSIX)(?:\.|$)/.test(locale);
}
