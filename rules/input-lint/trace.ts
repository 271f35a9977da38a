import path from 'node:path';

/** What a traced command did with files; absolute paths, as spelled and as they are behind symbolic links. */
export interface TracedFiles {
  readonly read: ReadonlyMap<string, string>;
  readonly written: ReadonlyMap<string, string>;
}

/** Arguments with which strace(1) writes what readTrace reads. */
export const TRACE_OPTIONS = ['-f', '-qq', '-y', '-s', '4096', '-e', 'trace=%file', '-e', 'signal=none'];

const CALL = /^(\d+)\s+(\w+)\((.*)\)\s+= (-?\d+)(?:<((?:[^>\\]|\\.)*)>)?/;
const UNFINISHED = /^(\d+)\s+(.*) <unfinished \.\.\.>$/;
const RESUMED = /^(\d+)\s+<\.\.\. \w+ resumed>(.*)$/;
/** A path in front of which strace -y tells the folder that it is relative to. */
const PATHS = /(?:(?:AT_FDCWD|\d+)<((?:[^>\\]|\\.)*)>, )?"((?:[^"\\]|\\.)*)"/g;

/**
 * Reads strace's record of a command and its children: files opened, executed, created, renamed or linked, successfully.
 * @param cwd the folder that the command was started in
 */
export function readTrace(text: string, cwd: string): TracedFiles {
  const read = new Map<string, string>();
  const written = new Map<string, string>();
  const folders = new Map<string, string>();
  const begun = new Map<string, string>();
  for (const line of text.split('\n')) {
    const unfinished = UNFINISHED.exec(line);
    if (unfinished !== null) {
      begun.set(unfinished[1]!, unfinished[2]!);
      continue;
    }
    const resumed = RESUMED.exec(line);
    const whole = resumed === null ? line : `${resumed[1]!} ${begun.get(resumed[1]!) ?? ''}${resumed[2]!}`;
    const call = CALL.exec(whole);
    if (call === null || Number(call[4]) < 0) continue;
    const [, pid, name, args, , real] = call;
    const spelled = [...args!.matchAll(PATHS)].map(([, folder, file]) =>
      path.resolve(folder === undefined ? (folders.get(pid!) ?? cwd) : unquote(folder), unquote(file!)),
    );
    const [first, second] = spelled;
    if (first === undefined) continue;
    switch (name) {
      case 'chdir':
        folders.set(pid!, first);
        break;
      case 'open':
      case 'openat':
      case 'creat': {
        if (/\bO_DIRECTORY\b|\bO_PATH\b/.test(args!)) break;
        const writes = name === 'creat' || /\bO_WRONLY\b|\bO_RDWR\b|\bO_CREAT\b/.test(args!);
        (writes ? written : read).set(first, real === undefined ? first : unquote(real));
        break;
      }
      case 'execve':
        read.set(first, first);
        break;
      case 'rename':
      case 'renameat':
      case 'renameat2':
      case 'link':
      case 'linkat':
        if (second !== undefined) written.set(second, second);
        break;
      case 'symlink':
      case 'symlinkat': {
        const made = spelled.at(-1)!;
        written.set(made, made);
        break;
      }
      case 'truncate':
        written.set(first, first);
        break;
      default:
    }
  }
  return { read, written };
}

/** Takes strace's escapes away (strace(1), "-x"): those of C, octal for bytes. */
function unquote(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '\\') {
      bytes.push(...Buffer.from(text[at]!));
      continue;
    }
    const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1))?.[0];
    if (octal !== undefined) {
      bytes.push(Number.parseInt(octal, 8));
      at += octal.length;
    } else {
      at++;
      const known: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12 };
      bytes.push(known[text[at] ?? ''] ?? text.charCodeAt(at));
    }
  }
  return Buffer.from(bytes).toString();
}
