import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Environment } from './working-folders.ts';

/** What an application's own Makefile tells Unikraft's: absolute paths. */
export interface Wrapper {
  readonly file: string;
  readonly core: string;
  readonly libraries: readonly string[];
  readonly platforms: readonly string[];
}

/**
 * Reads the `Makefile` that applications have had before there were manifests, and still have beside them:
 *
 *     UK_ROOT ?= $(PWD)/../../unikraft
 *     LIBS := $(UK_LIBS)/lib-musl:$(UK_LIBS)/lib-lwip
 *     all:
 *             @$(MAKE) -C $(UK_ROOT) A=$(PWD) L=$(LIBS)
 *
 * Assignments and plain variables are understood, which is all that such files hold; one with more in the words that
 * matter says nothing.
 * @returns undefined where there is none, or none of this kind
 */
export function readWrapper(app: string, environment: Environment): Wrapper | undefined {
  const file = join(app, 'Makefile');
  let text: string;
  try {
    text = readFileSync(file, 'utf8')
      .slice(0, 64 * 1024)
      .replace(/\\\r?\n\s*/g, ' ');
  } catch {
    return undefined;
  }
  const call = /^\t.*\$[({]MAKE[)}](.*)$/m.exec(text)?.[1];
  if (call === undefined) return undefined;
  const variables = new Map<string, string>([
    ['PWD', app],
    ['CURDIR', app],
  ]);
  for (const match of text.matchAll(/^(?:export\s+)?([A-Za-z_]\w*)[ \t]*(\?|::?|\+)?=[ \t]*(.*?)[ \t]*$/gm)) {
    const [, name, operator, value] = match as unknown as [string, string, string | undefined, string];
    const given = environment[name];
    // make imports the environment; `?=` leaves it, the others do not.
    const before = variables.get(name) ?? (operator === '?' || operator === '+' ? given : undefined);
    if (operator === '?' && before !== undefined) variables.set(name, before);
    else if (operator === '+' && before !== undefined) variables.set(name, `${before} ${value}`);
    else variables.set(name, value.replace(/\s+#.*$/, ''));
  }
  const expand = (word: string): string | undefined => {
    let current = word;
    for (let round = 0; round < 20 && current.includes('$'); round++) {
      current = current.replace(
        /\$[({](\w+)[)}]/g,
        (whole, name: string) => variables.get(name) ?? environment[name] ?? whole,
      );
      if (current.length > 64 * 1024) return undefined;
    }
    return current.includes('$') ? undefined : current;
  };
  const word = (pattern: RegExp): string | undefined => {
    const raw = pattern.exec(call)?.[1];
    return raw === undefined ? undefined : expand(raw.replace(/^"(.*)"$/, '$1'));
  };
  const core = word(/\s-C\s*(\S+)/);
  if (core === undefined || core === '' || word(/\sA=(\S+)/) === undefined) return undefined;
  const list = (name: string): string[] | undefined => {
    if (!new RegExp(`\\s${name}=`).test(call)) return [];
    const value = word(new RegExp(`\\s${name}=(\\S*)`));
    return value
      ?.split(/[:\s]+/)
      .filter((path) => path !== '')
      .map((path) => resolve(app, path));
  };
  const libraries = list('L');
  const platforms = list('P');
  if (libraries === undefined || platforms === undefined) return undefined;
  return { file, core: resolve(app, core), libraries, platforms };
}
