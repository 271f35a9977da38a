import fs from 'node:fs';
import path from 'node:path';
import type { Action } from '../../engine/graph/action.ts';
import type { LoweredRecipe } from './recipe-steps.ts';

/** A symbolic link holds a name: what is behind it is not read. */
const MAKES_LINK = /^\S*ln (?:-\w+ )*-\w*s\w* [^;&|]*$/;

/**
 * Files that the commands name although no prerequisite does: scripts that they run, linker scripts, symbol
 * lists, input of `sed -f`. Words are split at the characters that options and shells put in front of a path.
 * @param known names that are accounted for: declared inputs, outputs, side outputs
 * @param isMade whether some rule makes a file, so that it will be there even if it is not yet
 */
export function mentionedFiles(
  action: Action,
  recipe: LoweredRecipe,
  known: ReadonlySet<string>,
  isMade: (name: string) => boolean,
): string[] {
  const found = new Set<string>();
  // A compiler tells what it reads by itself.
  const texts =
    action.depfile !== undefined
      ? []
      : action.steps
          .flatMap((step) => (step.kind === 'shell' || step.kind === 'script' ? [step.text] : []))
          .filter((text) => !MAKES_LINK.test(text));
  const isOwn = (name: string, written: string): boolean =>
    action.outputs.some((output) => name.startsWith(`${output}.`)) ||
    texts.some((text) => isOutput(text, written)) ||
    recipe.commands.some(
      (words) =>
        /(?:^|[/-])(?:objcopy|strip)$/.test(words[0] ?? '') && words.length > 2 && words.at(-1) === written,
    );
  for (const text of texts) {
    for (const [written] of text.matchAll(/(?<![\w.~/-])\/[^\s'"`,:;=&|<>()[\]{}*?$\\]+/g)) {
      const name = path.normalize(written);
      if (known.has(name) || known.has(written) || found.has(name)) continue;
      if (!isOwn(name, written) && (isMade(written) || isRegularFile(name))) found.add(name);
    }
  }
  for (const words of recipe.commands) {
    const program = words[0];
    if (program?.startsWith('/') === true && !known.has(program) && isRegularFile(program))
      found.add(program);
  }
  for (const tool of action.tools) found.delete(tool);
  return [...found];
}

const IN_FRONT = /(?:>{1,2}|(?:^|\s)-o|\brm -f|\btouch)\s*['"]?$/;
const IN_FRONT_LENGTH = 32;

/** Whether a command writes a name: behind `>`, `-o`, or as something to remove or touch. */
export function isOutput(text: string, name: string): boolean {
  // Commands are long and names occur in them once or twice: the pattern is tried there only.
  for (let at = text.indexOf(name); at >= 0 && name !== ''; at = text.indexOf(name, at + 1)) {
    const end = at + name.length;
    if (end < text.length && !/['"\s;&|]/.test(text[end]!)) continue;
    if (IN_FRONT.test(text.slice(Math.max(0, at - IN_FRONT_LENGTH), at))) return true;
  }
  return false;
}

const kinds = new Map<string, boolean>();

function isRegularFile(name: string): boolean {
  let answer = kinds.get(name);
  if (answer === undefined) {
    answer = fs.statSync(name, { throwIfNoEntry: false })?.isFile() === true;
    kinds.set(name, answer);
  }
  return answer;
}
