import type { Configuration } from './configuration.ts';
import { nextInOrder, type Menu } from './menu.ts';
import type { ConfigSymbol } from './symbol.ts';

/** Where a text was found; in order of weight. */
export type MatchKind = 'name' | 'name begins' | 'name contains' | 'prompt' | 'help';

export interface Match {
  readonly symbol: ConfigSymbol;
  readonly kind: MatchKind;
  /** The entry with the prompt or help; the first one of the symbol otherwise. */
  readonly menu: Menu;
}

const weight: Record<MatchKind, number> = {
  name: 0,
  'name begins': 1,
  'name contains': 2,
  prompt: 3,
  help: 4,
};

/**
 * Finds symbols by their names, prompts and help. Several words must all be found, anywhere in an entry; case
 * does not matter.
 * @param text a byte text; a leading `CONFIG_` is ignored
 * @returns the best matches first, then in the order of the files
 */
export function search(configuration: Configuration, text: string): Match[] {
  const trimmed = text.trim().toLowerCase();
  const prefix = configuration.prefix.toLowerCase();
  const whole = prefix !== '' && trimmed.startsWith(prefix) ? trimmed.slice(prefix.length) : trimmed;
  const words = whole.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return [];
  const found = new Map<ConfigSymbol, Match>();
  for (
    let menu: Menu | undefined = configuration.tree.root.list;
    menu !== undefined;
    menu = nextInOrder(menu)
  ) {
    const { symbol } = menu;
    if (symbol?.name === undefined || symbol.choice) continue;
    const kind = match(menu, symbol.name, whole, words);
    const known = found.get(symbol);
    if (kind !== undefined && (known === undefined || weight[kind] < weight[known.kind])) {
      found.set(symbol, { symbol, kind, menu });
    }
  }
  return [...found.values()].sort((a, b) => weight[a.kind] - weight[b.kind]);
}

function match(
  menu: Menu,
  symbolName: string,
  whole: string,
  words: readonly string[],
): MatchKind | undefined {
  const name = symbolName.toLowerCase();
  if (name === whole) return 'name';
  if (name.startsWith(whole)) return 'name begins';
  const within = (text: string): boolean => words.every((word) => text.includes(word));
  if (within(name)) return 'name contains';
  const prompt = (menu.prompt?.text ?? '').toLowerCase();
  if (within(prompt) || within(`${name} ${prompt}`)) return 'prompt';
  return within(`${name} ${prompt} ${(menu.help ?? '').toLowerCase()}`) ? 'help' : undefined;
}

/** The titles of the menus around an entry, outermost first. */
export function menuPath(configuration: Configuration, menu: Menu): string[] {
  const path: string[] = [];
  for (let up = menu.parent; up !== undefined && up !== configuration.tree.root; up = up.parent) {
    if (up.title !== undefined) path.unshift(up.title);
  }
  return path;
}
