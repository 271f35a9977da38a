import type { MakeFlags } from './flags.ts';
import { switches, type Switch } from './switches.ts';
import { isBlank } from './words.ts';

/** Further long names. */
const aliases: Readonly<Record<string, string>> = {
  quiet: 's',
  stop: 'S',
  'new-file': 'W',
  'assume-new': 'W',
  'assume-old': 'o',
  'max-load': 'l',
  'dry-run': 'n',
  recon: 'n',
  makefile: 'f',
};

const byLetter = new Map(switches.filter(({ letter }) => letter !== '').map((each) => [each.letter, each]));
const longNames: readonly (readonly [string, Switch])[] = [
  ...switches.filter(({ long }) => long !== '').map((each) => [each.long, each] as const),
  ...Object.entries(aliases).map(([name, letter]) => [name, byLetter.get(letter)!] as const),
];

type Argument = 'none' | 'required' | 'optional';

function argumentOf(option: Switch): Argument {
  switch (option.kind) {
    case 'ignored':
    case 'flag':
    case 'flagOff':
      return 'none';
    case 'jobs':
    case 'load':
      return 'optional';
    default:
      return option.without === undefined ? 'required' : 'optional';
  }
}

/** What the words of a command line, or of MAKEFLAGS, are decoded with. */
export interface DecodeOptions {
  readonly flags: MakeFlags;
  /** The words come from a variable: unknown options and targets are passed over. */
  readonly fromEnvironment: boolean;
  /** A word that is no option. */
  readonly onWord: (word: string) => void;
  /** A message of getopt (`make: invalid option -- 'z'`), or of make itself, without the program's name. */
  readonly onError: (text: string) => void;
  /** Puts a file argument right: `~` and `./` in front. */
  readonly fileName: (name: string) => string;
}

/**
 * Decodes options as GNU Make does with getopt_long: in order, bundled letters, long names abbreviated.
 * @returns false if there was a wrong one
 */
export function decodeOptions(words: readonly string[], options: DecodeOptions): boolean {
  let good = true;
  const complain = (text: string): void => {
    good = false;
    options.onError(text);
  };
  let index = 0;
  const rest = (): string | undefined => words[index];
  while (index < words.length) {
    const word = words[index++]!;
    if (word === '--') {
      while (index < words.length) options.onWord(words[index++]!);
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const found = findLong(name, complain);
      if (found === undefined) continue;
      let value = equals < 0 ? undefined : word.slice(equals + 1);
      const argument = argumentOf(found.option);
      if (value !== undefined && argument === 'none') {
        complain(`option '--${found.name}' doesn't allow an argument`);
        continue;
      }
      if (value === undefined && argument === 'required') {
        if (index >= words.length) {
          complain(`option '--${found.name}' requires an argument`);
          continue;
        }
        value = words[index++]!;
      }
      if (takesNext(found.option, value, rest())) value = words[index++]!;
      if (!apply(found.option, value, options)) good = false;
      continue;
    }
    if (!word.startsWith('-') || word === '-') {
      options.onWord(word);
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at]!;
      const option = byLetter.get(letter);
      if (option === undefined) {
        complain(`invalid option -- '${letter}'`);
        continue;
      }
      const argument = argumentOf(option);
      let value: string | undefined;
      if (argument !== 'none') {
        if (at + 1 < word.length) value = word.slice(at + 1);
        else if (argument === 'required') {
          if (index >= words.length) {
            complain(`option requires an argument -- '${letter}'`);
            break;
          }
          value = words[index++]!;
        } else if (takesNext(option, undefined, rest())) value = words[index++]!;
        at = word.length;
      }
      if (!apply(option, value, options)) good = false;
    }
  }
  return good;
}

/** `-j 4` and `-l 2.5`: a number in the next word belongs to the option. */
function takesNext(option: Switch, value: string | undefined, next: string | undefined): boolean {
  if (value !== undefined || next === undefined) return false;
  if (option.kind === 'jobs') return /^[0-9]*$/.test(next);
  return option.kind === 'load' && /^[0-9.]/.test(next);
}

function findLong(
  name: string,
  complain: (text: string) => void,
): { readonly name: string; readonly option: Switch } | undefined {
  const exact = longNames.find(([long]) => long === name);
  if (exact !== undefined) return { name: exact[0], option: exact[1] };
  const matches = name === '' ? [] : longNames.filter(([long]) => long.startsWith(name));
  const [first] = matches;
  if (first === undefined) {
    complain(`unrecognized option '--${name}'`);
    return undefined;
  }
  if (matches.some(([, option]) => option !== first[1])) {
    complain(
      `option '--${name}' is ambiguous; possibilities:${matches.map(([long]) => ` '--${long}'`).join('')}`,
    );
    return undefined;
  }
  return { name: first[0], option: first[1] };
}

/** @returns false if the value is wrong */
function apply(option: Switch, given: string | undefined, options: DecodeOptions): boolean {
  const { flags } = options;
  const obeyed = !options.fromEnvironment || option.fromEnvironment;
  switch (option.kind) {
    case 'ignored':
      return true;
    case 'flag':
    case 'flagOff':
      if (obeyed) flags[option.field] = option.kind === 'flag';
      return true;
    case 'jobs':
      if (!obeyed) return true;
      if (given === undefined) {
        flags.jobs = 0;
        return true;
      }
      if (!/^[0-9]+$/.test(given) || Number(given) < 1) {
        options.onError(`the '-j' option requires a positive integer argument`);
        return false;
      }
      flags.jobs = Number(given);
      return true;
    case 'load':
      if (obeyed) flags.maxLoad = given === undefined ? undefined : Number.parseFloat(given) || 0;
      return true;
    default:
  }
  if (!obeyed) return true;
  const value = given ?? option.without ?? '';
  if (value === '') {
    const name = option.letter === '' ? `--${option.long}` : `-${option.letter}`;
    options.onError(`the '${name}' option requires a non-empty string argument`);
    return false;
  }
  if (option.kind === 'text') flags[option.field] = value;
  else flags[option.field].push(option.isFile ? options.fileName(value) : value);
  return true;
}

/**
 * The words of MAKEFLAGS or GNUMAKEFLAGS: split at blanks that no backslash quotes; the first word gets its dash if it
 * is no assignment.
 */
export function environmentWords(value: string): string[] {
  let start = 0;
  while (start < value.length && /\s/.test(value[start]!)) start++;
  if (start >= value.length) return [];
  const words: string[] = [];
  let word = '';
  for (let index = start; index < value.length; index++) {
    const char = value[index]!;
    if (char === '\\' && index + 1 < value.length) {
      word += value[++index]!;
    } else if (isBlank(char.charCodeAt(0))) {
      words.push(word);
      word = '';
      while (isBlank(value.charCodeAt(index + 1))) index++;
    } else {
      word += char;
    }
  }
  words.push(word);
  if (!words[0]!.startsWith('-') && !words[0]!.includes('=')) words[0] = `-${words[0]!}`;
  return words;
}

/** Quotes a word for MAKEFLAGS: blanks and backslashes by a backslash, dollars doubled. */
export function quoteForEnvironment(text: string): string {
  return text.replace(/[ \t\\]/g, '\\$&').replace(/\$/g, '$$$$');
}

/**
 * The options as MAKEFLAGS has them, with a dash in front as MFLAGS has it (manual, "Options/Recursion").
 * @param all with options that have arguments
 * @param forMakefiles makefiles are being remade: without -n, -q and -t
 */
export function flagString(flags: MakeFlags, all: boolean, forMakefiles: boolean): string {
  let letters = '';
  let rest = '';
  const add = (option: Switch, value: string | undefined): void => {
    if (value === undefined && option.letter !== '' && rest === '') {
      letters += option.letter;
      return;
    }
    rest += option.letter === '' ? ` --${option.long}` : ` -${option.letter}`;
    if (value !== undefined && value !== '') {
      rest += (option.letter === '' ? '=' : '') + quoteForEnvironment(value);
    }
  };
  for (const option of switches) {
    if (!option.toEnvironment || (forMakefiles && option.notForMakefiles === true)) continue;
    switch (option.kind) {
      case 'flag':
        if (flags[option.field]) add(option, undefined);
        break;
      case 'jobs':
        if (all && flags.jobs !== undefined) add(option, flags.jobs === 0 ? '' : String(flags.jobs));
        break;
      case 'load':
        if (all && flags.maxLoad !== undefined) add(option, formatLoad(flags.maxLoad));
        break;
      case 'text':
        if (all && flags[option.field] !== undefined) add(option, flags[option.field]);
        break;
      case 'list':
        if (all) for (const value of flags[option.field]) add(option, value);
        break;
      case 'ignored':
      case 'flagOff':
        break;
      default:
        option satisfies never;
    }
  }
  const text = letters + rest;
  return text === '' ? '' : `-${text}`;
}

/** As printf's %g. */
function formatLoad(value: number): string {
  return String(Number(value.toPrecision(6)));
}
