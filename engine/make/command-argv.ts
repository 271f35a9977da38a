/**
 * What to execute for a command line. GNU Make runs simple commands itself and hands the rest to the shell; the
 * difference shows in messages (`make: foo: No such file or directory` against `/bin/sh: 1: foo: not found`), so the
 * same lines go the same way here.
 */

/** How a line is to be run. */
export interface ShellSettings {
  /** `$(SHELL)` */
  readonly shell: string;
  /** `$(.SHELLFLAGS)` */
  readonly flags: string;
  /** `$(IFS)` */
  readonly ifs: string;
  /** `.ONESHELL` is in force. */
  readonly oneShell: boolean;
  /** Lines end at an unquoted newline; what follows is the next command. */
  readonly stopAtNewline: boolean;
}

export interface CommandArgv {
  /** The text as it is echoed, if that is not the line: the script that `.ONESHELL` gives to the shell. */
  readonly script?: string;
  /** undefined: there is nothing to run. */
  readonly argv: readonly string[] | undefined;
  /** Index of the newline at which the line ended; -1 if it went to the end. */
  readonly newline: number;
}

export const defaultShell = '/bin/sh';

const shellCharacters = '#;"*?[]&|<>(){}$`^~!';
const shellCommands: ReadonlySet<string> = new Set(
  (
    '. : alias bg break case cd command continue eval exec exit export fc fg for getopts hash if jobs login logout ' +
    'read readonly return set shift test times trap type ulimit umask unalias unset wait while'
  ).split(' '),
);

/** Decides how to run a line. */
export function commandArgv(text: string, settings: ShellSettings): CommandArgv {
  let start = 0;
  while (text[start] === ' ' || text[start] === '\t') start++;
  if (start >= text.length) return { argv: undefined, newline: -1 };
  if (isPlainShell(settings)) {
    const direct = splitDirect(text, start, settings);
    if (typeof direct === 'object') return direct;
    // Looking for words, GNU make has found an end of the line, and keeps to it though one shell was to get it all.
    if (direct !== undefined && settings.oneShell) {
      return { ...throughShell(text.slice(0, direct), start, settings), newline: direct };
    }
  }
  return throughShell(text, start, settings);
}

function isPlainShell({ shell, flags, ifs }: ShellSettings): boolean {
  return shell === defaultShell && (flags === '-c' || flags === '-ec') && !/[^ \t\n]/.test(ifs);
}

/**
 * Splits a line into words as the shell would.
 * @returns undefined if it takes a shell to understand it; the index of a newline if a quote is open there
 */
function splitDirect(text: string, start: number, settings: ShellSettings): CommandArgv | number | undefined {
  const words: string[] = [];
  let word = '';
  let quote = '';
  let wordHasEquals = false;
  let seenPlainWord = false;
  let emptyWord = false;
  let newline = -1;
  let index = start;
  for (; index < text.length; index++) {
    const char = text[index]!;
    if (quote !== '') {
      if (char === quote) {
        quote = '';
        if (word === '') emptyWord = true;
      } else if (char === '\\' && text[index + 1] === '\n') {
        word += '\\\n';
        index++;
      } else if (char === '\n' && settings.stopAtNewline) {
        newline = index;
        break;
      } else {
        word += char;
      }
      continue;
    }
    if (shellCharacters.includes(char)) return undefined;
    if (settings.oneShell && char === '\n') return undefined;
    switch (char) {
      case '=':
        // `A=b command`: an assignment for the shell.
        if (!seenPlainWord) return undefined;
        wordHasEquals = true;
        word += char;
        break;
      case '\\':
        if (text[index + 1] === '\n') {
          index++;
          if (word === '') while (text[index + 1] === ' ' || text[index + 1] === '\t') index++;
        } else if (index + 1 < text.length) {
          word += text[++index]!;
        }
        break;
      case "'":
        quote = char;
        break;
      case '\n':
        if (settings.stopAtNewline) newline = index;
        else word += char;
        break;
      case ' ':
      case '\t':
        words.push(word);
        word = '';
        emptyWord = false;
        if (!wordHasEquals) seenPlainWord = true;
        if (wordHasEquals && !seenPlainWord) return undefined;
        wordHasEquals = false;
        if (words.length === 1 && shellCommands.has(words[0]!)) return undefined;
        while (text[index + 1] === ' ' || text[index + 1] === '\t') index++;
        break;
      default:
        word += char;
    }
    if (newline >= 0) break;
  }
  if (quote !== '') return newline < 0 ? undefined : newline;
  if (word !== '' || emptyWord) words.push(word);
  if (words.length === 1 && shellCommands.has(words[0]!)) return undefined;
  return { argv: words.length === 0 ? undefined : words, newline };
}

function throughShell(text: string, start: number, settings: ShellSettings): CommandArgv {
  const flags = settings.flags.split(/[ \t\n\v\f\r]+/).filter((flag) => flag !== '');
  if (settings.oneShell) {
    const script = isBourneShell(settings.shell) ? withoutPrefixes(text.slice(start)) : text.slice(start);
    return { argv: [settings.shell, ...flags, script], newline: -1, script };
  }
  let line = '';
  let newline = -1;
  for (let index = start; index < text.length; index++) {
    const char = text[index]!;
    if (char === '\n') {
      if (settings.stopAtNewline) {
        newline = index;
        break;
      }
      // An unquoted newline in `$(shell)` is lost between GNU Make's two readings of the line.
      continue;
    }
    if (char === '\\' && text[index + 1] === '\n') {
      line += '\\\n';
      index++;
      continue;
    }
    line += char;
  }
  if (line === '') return { argv: undefined, newline };
  return { argv: [...shellWords(settings), line], newline };
}

/** The shell and its flags, as words: they may have quotes of their own, or need a shell to be understood. */
function shellWords({ shell, flags }: ShellSettings): readonly string[] {
  if (PLAIN_WORDS.test(shell) && PLAIN_WORDS.test(flags)) {
    return `${shell} ${flags}`.split(/[ \t]+/).filter((word) => word !== '');
  }
  const escaped = shell.replace(/[#;"*?[\]&|<>(){}$`^~!]/g, '\\$&');
  const words = splitDirect(`${escaped} ${flags}`, 0, {
    shell: defaultShell,
    flags: '-c',
    ifs: '',
    oneShell: false,
    stopAtNewline: false,
  });
  return (
    (typeof words === 'object' ? words.argv : undefined) ??
    `${shell} ${flags}`.split(/[ \t]+/).filter((word) => word !== '')
  );
}

const PLAIN_WORDS = /^[A-Za-z0-9_./ \t:,+-]*$/;

function isBourneShell(shell: string): boolean {
  const name = shell.slice(shell.lastIndexOf('/') + 1);
  return ['sh', 'bash', 'dash', 'ksh', 'rksh', 'zsh', 'ash'].includes(name);
}

/** Under `.ONESHELL`, prefix characters of inner lines mean nothing and go. */
function withoutPrefixes(script: string): string {
  let result = '';
  let index = 0;
  while (index < script.length) {
    while (index < script.length && ' \t@-+'.includes(script[index]!)) index++;
    let escaped = false;
    while (index < script.length) {
      const char = script[index++]!;
      result += char;
      if (char === '\\') escaped = !escaped;
      else {
        if (char === '\n' && !escaped) break;
        escaped = false;
      }
    }
  }
  return result;
}
