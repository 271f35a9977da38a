import { setAutomaticVariables } from './automatic-variables.ts';
import { commandArgv, type ShellSettings } from './command-argv.ts';
import type { LineFlags, RecipeText } from './recipe.ts';
import type { Run } from './run.ts';
import type { Target } from './target.ts';
import type { Place } from './variables.ts';
import { isBlank, isSpace } from './words.ts';

/**
 * Joins continued lines inside variable references, where functions must not see the backslash-newline. Outside of
 * references they stay: they are echoed, and the shell gets them.
 */
export function joinInReferences(line: string): string {
  if (!line.includes('\\\n') || !line.includes('$')) return line;
  let result = '';
  let index = 0;
  for (;;) {
    const dollar = line.indexOf('$', index);
    if (dollar < 0) return result + line.slice(index);
    result += line.slice(index, dollar + 1);
    index = dollar + 1;
    const open = line[index];
    if (open !== '(' && open !== '{') continue;
    const close = open === '(' ? ')' : '}';
    result += open;
    index++;
    const start = result.length;
    let depth = 0;
    while (index < line.length) {
      const char = line[index]!;
      if (char === close && --depth < 0) break;
      if (char === '\\' && line[index + 1] === '\n') {
        let before = index - 1;
        while (before > dollar + 1 && line[before] === '\\') before--;
        if ((index - 1 - before) % 2 === 1) {
          result += char;
          index++;
          continue;
        }
        index += 2;
        while (index < line.length && isSpace(line.charCodeAt(index))) index++;
        let end = result.length;
        while (end > start && isBlank(result.charCodeAt(end - 1))) end--;
        result = `${result.slice(0, end)} `;
        continue;
      }
      if (char === open) depth++;
      result += char;
      index++;
    }
  }
}

/** Expands every line of a target's recipe; its variables must have been set. */
export function expandLines(run: Run, target: Target, recipe: RecipeText): string[] {
  const { expander } = run;
  const saved = expander.reading;
  try {
    return recipe.lines(run.oneShell).map((line, index) => {
      expander.reading = recipePlace(recipe, index);
      return expander.expandIn(target.variables, joinInReferences(line));
    });
  } finally {
    expander.reading = saved;
  }
}

/** The place of a recipe's line. */
export function recipePlace(recipe: RecipeText, index: number): Place | undefined {
  return recipe.place === undefined ? undefined : { ...recipe.place, offset: index };
}

/** One command: a line of a recipe, or one of several that a line expanded to. */
export interface Command {
  /** As echoed and handed to the shell: without prefix characters, backslash-newlines kept. */
  readonly text: string;
  /** What to execute; undefined if there is nothing. */
  readonly argv: readonly string[] | undefined;
  readonly silent: boolean;
  readonly ignoreErrors: boolean;
  readonly recursive: boolean;
  /** What the expanded line has behind this command; '' if nothing. */
  readonly rest: string;
}

/**
 * Takes the first command off an expanded line.
 * @param flags what the prefix of the line, as written, says
 * @param prefix the recipe prefix character, which goes where it begins a continued line
 */
export function firstCommand(
  line: string,
  flags: LineFlags,
  prefix: string,
  settings: ShellSettings,
): Command {
  let { silent, ignoreErrors, recursive } = flags;
  let start = 0;
  for (; start < line.length; start++) {
    const char = line[start];
    if (char === '@') silent = true;
    else if (char === '-') ignoreErrors = true;
    else if (char === '+') recursive = true;
    else if (!isBlank(line.charCodeAt(start))) break;
  }
  let text = line.slice(start);
  if (text.includes(`\n${prefix}`)) text = text.split(`\n${prefix}`).join('\n');
  const { argv, newline, script } = commandArgv(text, settings);
  return {
    text: script ?? (newline < 0 ? text : text.slice(0, newline)),
    argv,
    silent,
    ignoreErrors,
    recursive,
    rest: newline < 0 ? '' : text.slice(newline + 1),
  };
}

/** Prepares a target for the expansion of its recipe: scopes of variables, automatic variables. */
export function prepareTarget(run: Run, target: Target): void {
  run.targetVariables.initialize(target, false);
  setAutomaticVariables(run, target);
}
