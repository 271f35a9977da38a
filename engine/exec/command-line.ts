/*
 * Running a recipe line without a shell saves the shell's start (0.5 ms and a fork of its own) and lifts the limit of 128 KiB
 * that execve(2) puts on the one argument of `sh -c`. It is only right where a shell would do nothing but split words
 * and remove quotes: POSIX "Shell Command Language", 2.2 (quoting), 2.3 (tokens), 2.9.1 (simple commands). Whatever dash
 * or bash might treat otherwise is left to them; the cost of a needless shell is small, that of a wrong argument is not.
 */

/** What a character means outside quotes. Characters from 128 on are ordinary: shells take UTF-8 byte by byte. */
const ordinary = 0;
const blank = 1;
const singleQuote = 2;
const doubleQuote = 3;
const backslash = 4;
const newline = 5;
/** A comment at the beginning of a word, ordinary inside it. */
const hash = 6;
/** Ordinary in arguments; in the first word it could make an assignment or name a job. */
const specialInProgram = 7;
/** A home folder at the beginning of a word and, in bash, after `=` or `:`; ordinary elsewhere (`0.16.3~e453b74a`). */
const tilde = 9;
/** Control operators, redirections, expansions, globs, braces (bash), and control characters. */
const shellOnly = 8;

const meaning = new Uint8Array(128).fill(ordinary);
meaning.fill(shellOnly, 0, 32);
meaning[127] = shellOnly;
for (const character of '|&;<>()$`*?[{}') meaning[character.charCodeAt(0)] = shellOnly;
meaning[9] = meaning[32] = blank;
meaning[10] = newline;
for (const character of '=%') meaning[character.charCodeAt(0)] = specialInProgram;
meaning[35] = hash;
meaning[126] = tilde;
meaning[39] = singleQuote;
meaning[34] = doubleQuote;
meaning[92] = backslash;

/** A run of characters that are ordinary; skipping them at once is twice as fast: 2 ns a character, 17 µs for a command line of 8 KB. */
const plain = /[\w\-+.,:/@\]^!]+/y;

/** Words that mean something to the grammar when they come first and are not quoted; POSIX 2.4, and bash's own. */
const reserved =
  '! { } [[ ]] case coproc do done elif else esac fi for function if in select then time until while';

/** Commands that dash, bash, busybox ash or ksh carry out themselves, whose effect or output another program need not share. */
const builtins = `. : [ alias bg bind break builtin caller cd chdir command compgen complete compopt continue declare dirs
  disown echo enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile
  newgrp popd print printf pushd pwd read readarray readonly return set shift shopt source suspend test times trap
  true type typeset ulimit umask unalias unset wait whence`;

const notPrograms = new Set(`${reserved} ${builtins}`.split(/\s+/));

/**
 * The argument vector of a shell command that consists of nothing but words, quotes and backslashes.
 * @returns undefined when the command uses anything else (expansion, redirection, glob, operator, assignment, builtin,
 *   reserved word, comment, several lines), when it is empty, or when a quote is not closed: then run `[shell, '-c', text]`.
 *   A shell would also set PWD, and bash OLDPWD, SHLVL and `_`: whoever builds the environment sets PWD to the working directory.
 */
export function parseSimpleCommand(text: string): string[] | undefined {
  const argv: string[] = [];
  const length = text.length;
  /** The word so far, but for `text.slice(start, at)`; undefined between words. */
  let word: string | undefined;
  let start = 0;
  let at = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? meaning[code]! : ordinary;
    if (kind === ordinary) {
      if (word === undefined) {
        word = '';
        start = at;
      }
      plain.lastIndex = at;
      at = plain.test(text) ? plain.lastIndex : at + 1;
      continue;
    }
    switch (kind) {
      case blank:
        if (word !== undefined) argv.push(word + text.slice(start, at));
        word = undefined;
        at++;
        continue;
      case newline:
        // Blank lines around the command change nothing; a second command does.
        if (word !== undefined) argv.push(word + text.slice(start, at));
        word = undefined;
        if (argv.length > 0) {
          if (/[^ \t\n]/.test(text.slice(at))) return undefined;
          at = length;
        } else at++;
        continue;
      case specialInProgram:
        if (argv.length === 0) return undefined;
        if (word === undefined) {
          word = '';
          start = at;
        }
        at++;
        continue;
      case tilde:
        if (word === undefined || '=:'.includes(text[at - 1]!)) return undefined;
        at++;
        continue;
      case hash:
        if (word === undefined) return undefined;
        at++;
        continue;
    }
    const before: string = word === undefined ? '' : word + text.slice(start, at);
    switch (kind) {
      case singleQuote: {
        const end = text.indexOf("'", at + 1);
        if (end < 0) return undefined;
        word = before + text.slice(at + 1, end);
        at = start = end + 1;
        continue;
      }
      case doubleQuote: {
        const end = endOfDoubleQuotes(text, at + 1);
        if (end < 0) return undefined;
        word = before + unescapeDoubleQuoted(text.slice(at + 1, end));
        at = start = end + 1;
        continue;
      }
      case backslash: {
        if (at + 1 >= length) return undefined;
        if (text.charCodeAt(at + 1) === 10) {
          // A continued line: both characters vanish, and do not begin a word.
          if (word !== undefined) word = before;
          at = start = at + 2;
          continue;
        }
        word = before;
        start = at + 1;
        // The escaped character is the first of the next slice.
        at += 2;
        continue;
      }
      default:
        return undefined;
    }
  }
  if (word !== undefined) argv.push(word + text.slice(start, at));
  const program = argv[0];
  if (program === undefined || program === '' || notPrograms.has(program)) return undefined;
  // A quoted `=` is no assignment, but nobody names a program so.
  if (program.includes('=') || text.includes('\0')) return undefined;
  return argv;
}

/** Index of the closing quote; -1 when there is none or the text is subject to expansion. */
function endOfDoubleQuotes(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 34:
        return at;
      case 92:
        at++;
        break;
      case 36: // $
      case 96: // `
        return -1;
    }
  }
  return -1;
}

/** POSIX 2.2.3: inside double quotes a backslash escapes `$`, a backquote, `"`, itself and a newline, and is ordinary before all else. */
function unescapeDoubleQuoted(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([$`"\\\n])/g, (_match, escaped: string) => (escaped === '\n' ? '' : escaped));
}

/**
 * Whether the environment makes bash run code of its own before a command, or in its place (a start-up file, exported
 * functions). Then a command given to bash must really be given to it.
 */
export function environmentCustomizesShell(environment: Readonly<Record<string, string>>): boolean {
  for (const name in environment) {
    if (name === 'BASH_ENV' || name.startsWith('BASH_FUNC_')) return true;
  }
  return false;
}

const reservedWords = new Set(reserved.split(' '));

/**
 * Renders an argument vector as a line that can be pasted into a POSIX shell, also an interactive one, and gives the same
 * vector again. Words are quoted only where they must be.
 */
export function quote(argv: readonly string[]): string {
  return argv.map((word, index) => (needsQuotes(word, index === 0) ? quoteWord(word) : word)).join(' ');
}

function needsQuotes(word: string, isProgram: boolean): boolean {
  if (!/^[\w@%+=:,./-]+$/.test(word)) return true;
  return isProgram && (word.includes('=') || word.startsWith('%') || reservedWords.has(word));
}

/** Single quotes only: inside double quotes an interactive bash still replaces `!`. */
function quoteWord(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
