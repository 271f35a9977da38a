/**
 * The macros in whose definition (`-D`, `-U`) two commands differ.
 * @returns undefined when the commands differ in anything else
 */
export function changedDefinitions(from: readonly string[], to: readonly string[]): Set<string> | undefined {
  const [before, after] = [takeApart(from), takeApart(to)];
  if (before.others.length !== after.others.length) return undefined;
  if (before.others.some((word, at) => word !== after.others[at])) return undefined;
  const changed = new Set<string>();
  for (const name of [...before.definitions.keys(), ...after.definitions.keys()]) {
    if (before.definitions.get(name) !== after.definitions.get(name)) changed.add(name);
  }
  return changed;
}

interface Apart {
  /** Each macro's options, in order, as one text. */
  readonly definitions: ReadonlyMap<string, string>;
  readonly others: readonly string[];
}

function takeApart(words: readonly string[]): Apart {
  const definitions = new Map<string, string>();
  const others: string[] = [];
  for (let at = 0; at < words.length; at++) {
    let word = words[at]!;
    if (word === '-D' || word === '-U') word += words[++at] ?? '';
    const name = /^-[DU]([A-Za-z_]\w*)(?:=|$)/.exec(word)?.[1];
    // Where a quote is open, the words that follow belong to the value.
    if (name === undefined || (word.split('"').length + word.split("'").length) % 2 !== 0) others.push(word);
    else definitions.set(name, `${definitions.get(name) ?? ''}${word}\n`);
  }
  return { definitions, others };
}

const PASTED = /(\w{2,})\s*##|##\s*(\w{2,})/g;

/** Whether a source mentions a name, or puts names together of which it could be one. */
export function mentionsName(text: string, name: string): boolean {
  if (new RegExp(`\\b${name}\\b`).test(text)) return true;
  if (!text.includes('##')) return false;
  for (const [, before, after] of text.matchAll(PASTED)) {
    if (before !== undefined && name.startsWith(before)) return true;
    if (after !== undefined && name.endsWith(after)) return true;
  }
  return false;
}
