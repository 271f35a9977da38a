import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { which } from '../../engine/exec/which.ts';
import { makeFolder } from '../../engine/folders.ts';

/** How far an answer of `$(shell …)` can be trusted later. */
export type Trust =
  /** It follows from the command alone, or from this machine: nothing to check. */
  | { readonly kind: 'constant' }
  /** It reads the clock: a later time does not by itself make a build stale. */
  | { readonly kind: 'clock' }
  /** It follows from the content of files: programs and scripts. */
  | { readonly kind: 'files'; readonly files: readonly string[] }
  /** It is the place of a program in PATH. */
  | { readonly kind: 'program'; readonly name: string; readonly found: string }
  /** It follows from variables of the environment and from what exists. */
  | { readonly kind: 'variables'; readonly names: readonly string[] }
  /** It follows from the state of a git work tree. */
  | { readonly kind: 'git'; readonly folder: string }
  /** Nothing is known: run it again and compare. */
  | { readonly kind: 'unknown' };

/** The answer of a command that was not run. */
export interface NativeAnswer {
  readonly stdout: string;
  readonly status: number;
  readonly trust: Trust;
  /** Folders that were made, where they were not there. */
  readonly made?: readonly string[];
}

/** What answering needs to know. */
export interface AnswerContext {
  readonly cwd: string;
  readonly path: string;
  readonly umask: number;
}

const WORD = `(?:"([^"$\`\\\\]+)"|([\\w./+@%-]+))`;
const ENTER_FOLDER = new RegExp(`^mkdir -pv? ${WORD} && cd ${WORD}(?: >/dev/null)? && pwd( -P)?$`);
const MAKE_FOLDERS = new RegExp(`^mkdir -p((?: ${WORD})+)(?: && echo (\\w+))?$`);
const FIND_PROGRAM = /^which ([\w./+-]+) \|\| type -p ([\w./+-]+) \|\| echo ([\w./+-]+)$/;
const COMPARE_VERSION =
  /^if \[ (\d+) -(gt|lt) (\d+) \] \|\| \(\[ (\d+) -eq (\d+) \] && \[ (\d+) -(ge|lt) (\d+) \]\) ; then printf '?(\w*)'? ; fi$/;
const COMPARE_WORDS = /^if \[ (\w+) = (\w+) \] ; then printf "(\w*)" ; fi$/;

const constant: Trust = { kind: 'constant' };

/**
 * Answers the shell idioms of Unikraft's Makefiles without a process: an evaluation of 0.16.3 runs 175 of them, a
 * quarter of the time that make needs. What is not known for certain, and what would fail, is left to the shell.
 */
export function answerShell(command: string, context: AnswerContext): NativeAnswer | undefined {
  const text = command.trim();
  switch (text) {
    case 'uname -m':
      return { stdout: `${os.machine()}\n`, status: 0, trust: constant };
    case 'uname':
    case 'uname -s':
      return { stdout: `${os.type()}\n`, status: 0, trust: constant };
    case 'umask':
      return { stdout: `${context.umask.toString(8).padStart(4, '0')}\n`, status: 0, trust: constant };
    case 'whoami':
      return { stdout: `${os.userInfo().username}\n`, status: 0, trust: constant };
    case 'hostname -s':
      return { stdout: `${os.hostname().split('.')[0]!}\n`, status: 0, trust: constant };
    default:
      return (
        enterFolder(text) ??
        makeAskedFolders(text) ??
        directoryName(text) ??
        findProgram(text, context) ??
        compare(text)
      );
  }
}

/** `mkdir -p D && cd D >/dev/null && pwd [-P]`; with -v, mkdir names what it makes, which no caller looks at. */
function enterFolder(text: string): NativeAnswer | undefined {
  const match = ENTER_FOLDER.exec(text);
  const made = match?.[1] ?? match?.[2];
  const entered = match?.[3] ?? match?.[4];
  if (made === undefined || entered === undefined || !isPlain(made) || !isPlain(entered)) return undefined;
  if (!makeFolders(made)) return undefined;
  if (entered !== made && fs.statSync(entered, { throwIfNoEntry: false })?.isDirectory() !== true)
    return undefined;
  // Where links are on the way, the shell is asked each time.
  if (match?.[5] !== undefined && fs.realpathSync(entered) !== entered) return undefined;
  return { stdout: `${entered.replace(/\/+$/, '')}\n`, status: 0, trust: constant, made: [made] };
}

/** `mkdir -p D… [&& echo y]`, by which a makefile also learns that it worked. */
function makeAskedFolders(text: string): NativeAnswer | undefined {
  const match = MAKE_FOLDERS.exec(text);
  if (match === null) return undefined;
  const folders = [...match[1]!.matchAll(new RegExp(WORD, 'g'))].map(
    ([, quoted, plain]) => (quoted ?? plain)!,
  );
  if (!folders.every((folder) => isPlain(folder)) || !folders.every((folder) => makeFolders(folder)))
    return undefined;
  const said = match.at(-1);
  return { stdout: said === undefined ? '' : `${said}\n`, status: 0, trust: constant, made: folders };
}

/** `dirname P`; musl's makefiles ask for 617 of them. */
function directoryName(text: string): NativeAnswer | undefined {
  const match = /^dirname ((?:\/[\w.+@%-]+)*\/[\w.+@%-]+)$/.exec(text);
  if (match === null) return undefined;
  return { stdout: `${path.dirname(match[1]!)}\n`, status: 0, trust: constant };
}

/** Absolute, and as `pwd` would print it. */
function isPlain(folder: string): boolean {
  return folder.startsWith('/') && !/\/\/|\/\.{1,2}(?:\/|$)/.test(folder);
}

function makeFolders(folder: string): boolean {
  try {
    makeFolder(folder);
    return true;
  } catch {
    return false; // the shell says why
  }
}

/** `which X || type -p X || echo X`. */
function findProgram(text: string, context: AnswerContext): NativeAnswer | undefined {
  const match = FIND_PROGRAM.exec(text);
  if (match === null || match[1] !== match[2]) return undefined;
  const found = which(match[1]!, context.path, context.cwd);
  if (found === undefined) return undefined;
  return { stdout: `${found}\n`, status: 0, trust: { kind: 'program', name: match[1]!, found } };
}

/** The comparisons that `gcc_version_ge` and its kin make. */
function compare(text: string): NativeAnswer | undefined {
  const words = COMPARE_WORDS.exec(text);
  if (words !== null) {
    const stdout = words[1] === words[2] ? words[3]! : '';
    return { stdout, status: 0, trust: constant };
  }
  const match = COMPARE_VERSION.exec(text);
  if (match === null) return undefined;
  const [, major, first, wanted, major2, wanted2, minor, second, wantedMinor, answer] = match;
  const outer = first === 'gt' ? Number(major) > Number(wanted) : Number(major) < Number(wanted);
  const inner = second === 'ge' ? Number(minor) >= Number(wantedMinor) : Number(minor) < Number(wantedMinor);
  const holds = outer || (Number(major2) === Number(wanted2) && inner);
  return { stdout: holds ? answer! : '', status: 0, trust: constant };
}

/** Programs that only transform what they are given. */
const FILTERS = new Set([
  'sed',
  'grep',
  'cut',
  'tr',
  'head',
  'tail',
  'sort',
  'uniq',
  'awk',
  'gawk',
  'echo',
  'printf',
  'expr',
]);
const COMPILER = /^(?:""|'')?(?:[\w/.-]*[-/])?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|ld|as)(?:-[\d.]+)?$/;
const QUERY = /^(?:-v|--version|-dumpversion|-dumpfullversion|-dumpmachine|-print-[\w-]+(?:=\S+)?|2>&1)$/;

/** Judges a command that was run. */
export function trustOf(command: string, context: AnswerContext): Trust {
  const text = command.trim();
  // The recipe that links the Makefile into the build folder: the link is among the files that are read.
  if (/^printf ' {2}%-7s %s\\n' '?LN'? /.test(text)) return constant;
  if (/^date(?: |$)/.test(text)) return { kind: 'clock' };
  if (
    /^if \[ -x "\$BASH" \]; then echo \$BASH; else if \[ -x \/bin\/bash \]; then echo \/bin\/bash; else echo sh; fi; fi$/.test(
      text,
    )
  ) {
    return { kind: 'variables', names: ['BASH'] };
  }
  const git = /^cd ([\w./+@%-]+); \1\/support\/scripts\/gitsha1$/.exec(text);
  if (git !== null) return { kind: 'git', folder: git[1]! };
  const script = /^([\w./+@%-]+\/cc-version\.sh) (\S+)$/.exec(text);
  if (script !== null && COMPILER.test(script[2]!)) {
    const compiler = which(script[2]!.replace(/["']/g, ''), context.path, context.cwd);
    if (compiler !== undefined) return { kind: 'files', files: [script[1]!, compiler] };
  }
  return trustOfPipeline(text, context);
}

/** A compiler asked for its version, or plain text, through filters. */
function trustOfPipeline(text: string, context: AnswerContext): Trust {
  const files: string[] = [];
  for (const part of text.replace(/'[^']*'|"[^"$`]*"/g, 'Q').split('|')) {
    const words = part
      .trim()
      .replace(/^(?:LC_ALL=\w+ )/, '')
      .split(/\s+/);
    const program = words[0]!;
    if (/[$`;&<>()]/.test(part.replace('2>&1', ''))) return { kind: 'unknown' };
    if (FILTERS.has(program)) {
      if (words.some((word) => word.startsWith('/'))) return { kind: 'unknown' };
    } else if (COMPILER.test(program) && words.slice(1).every((word) => QUERY.test(word))) {
      const found = which(program.replace(/["']/g, ''), context.path, context.cwd);
      if (found === undefined) return { kind: 'unknown' };
      files.push(found);
    } else return { kind: 'unknown' };
  }
  return { kind: 'files', files };
}

/** The umask of this process, without changing it for longer than a moment. */
export function currentUmask(): number {
  const umask = process.umask(0o022);
  process.umask(umask);
  return umask;
}
