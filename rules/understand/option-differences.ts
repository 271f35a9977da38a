import fs from 'node:fs';

/** A configuration option that two builds see differently; a side is left out where it is not set. */
export interface OptionDifference {
  readonly name: string;
  readonly from?: string;
  readonly to?: string;
}

/** The options that a `.config` sets, with their values as written; undefined when it cannot be read. */
export function readOptions(file: string): ReadonlyMap<string, string> | undefined {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const options = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/^(CONFIG_\w+)=(.*)$/gm)) options.set(name!, value!);
  return options;
}

/** What differs, by name. An option that is not there is not set. */
export function optionDifferences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): OptionDifference[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name) => {
    const [from, to] = [before.get(name), after.get(name)];
    if (from === to) return [];
    return [{ name, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
  });
}
