import { nearest } from '../nearest.ts';
import { functionTable } from './functions/table.ts';
import type { MakeStop } from './stop.ts';

const directives = [
  'ifdef',
  'ifndef',
  'ifeq',
  'ifneq',
  'else',
  'endif',
  'define',
  'endef',
  'undefine',
  'include',
  'sinclude',
  'override',
  'export',
  'unexport',
  'private',
  'vpath',
];

/** Adds to a stop what GNU Make does not say: the column, and what may have been meant. */
export function explain(stop: MakeStop, line: string): void {
  if (stop.column > 0) return;
  const start = line.search(/\S/);
  if (stop.text.startsWith('missing separator')) {
    stop.column = start + 1;
    const word = /\S+/.exec(line)?.[0] ?? '';
    const misspelled = misspelledFunction(line);
    stop.hint = directiveHint(word) ?? misspelled?.hint;
    if (directiveHint(word) === undefined && misspelled !== undefined) stop.column = misspelled.index + 1;
    return;
  }
  const called = /function '([^']+)'/.exec(stop.text)?.[1];
  const at = called === undefined ? -1 : line.search(new RegExp(`\\$[({]${called}\\s`));
  if (at >= 0) stop.column = at + 1;
  else if (stop.text === 'unterminated variable reference') stop.column = unterminated(line) + 1;
  else if (/conditional|directive|extraneous|define|variable name/.test(stop.text)) stop.column = start + 1;
}

/** A line that is nothing: was a directive meant? */
function directiveHint(word: string): string | undefined {
  const bare = word.replace(/[("'].*$/s, '');
  if (bare.length < 3) return undefined;
  const meant = nearest(bare, directives);
  if (meant === undefined) return undefined;
  return bare === meant ? `put a blank behind '${meant}'` : `did you mean '${meant}'?`;
}

/** `$(word …` where the word is no function but nearly one: make takes it for a variable with blanks in its name. */
function misspelledFunction(line: string): { readonly hint: string; readonly index: number } | undefined {
  for (const match of line.matchAll(/\$[({]([a-z-]{2,})\s/g)) {
    const name = match[1]!;
    if (functionTable.has(name)) continue;
    const meant = nearest(name, functionTable.keys());
    if (meant !== undefined) {
      return { hint: `'${name}' is no function: did you mean '${meant}'?`, index: match.index };
    }
  }
  return undefined;
}

/** The first reference without an end. */
function unterminated(line: string): number {
  for (const match of line.matchAll(/\$[({]/g)) {
    const close = match[0] === '$(' ? ')' : '}';
    if (!line.includes(close, match.index)) return match.index;
  }
  return -1;
}
