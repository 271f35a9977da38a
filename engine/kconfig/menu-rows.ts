import type { Configuration } from './configuration.ts';
import type { Menu } from './menu.ts';
import { MODULE, NO, YES } from './symbol.ts';

/** One line of a menu. */
export interface MenuRow {
  readonly menu: Menu;
  /** `menu`: opens another; `toggle`: a bool, tristate or choice; `text`: a value to type in; `none`: only to be read. */
  readonly tag: 'menu' | 'toggle' | 'text' | 'none';
  /** The line, as the kernel's menuconfig has it: `[*]   prompt (NEW)  --->`. A byte text. */
  readonly text: string;
}

export interface RowOptions {
  /** Entries whose conditions do not hold as well. */
  readonly hidden: boolean;
  /** Menus unroll in place. */
  readonly single: boolean;
  readonly unrolled: ReadonlySet<Menu>;
}

/** Whether nothing in a menu can be seen. */
export function isEmptyMenu(configuration: Configuration, menu: Menu): boolean {
  for (const child of menu.children()) if (configuration.solver.isVisible(child)) return false;
  return true;
}

/** The lines of a menu, in order. */
export function menuRows(configuration: Configuration, current: Menu, options: RowOptions): MenuRow[] {
  const { solver } = configuration;
  const rows: MenuRow[] = [];
  const pad = (indent: number): string => ' '.repeat(indent + 1);
  const arrow = (menu: Menu): string => (isEmptyMenu(configuration, menu) ? '----' : '--->');

  const children = (menu: Menu, indent: number): void => {
    for (const child of menu.children()) visit(child, indent);
  };

  const visit = (menu: Menu, indent: number): void => {
    const visible = solver.isVisible(menu);
    if (options.hidden ? menu.prompt === undefined : !visible) return;
    const { symbol, prompt } = menu;
    const title = menu.title ?? '';
    const add = (tag: MenuRow['tag'], text: string): void => void rows.push({ menu, tag, text });
    if (symbol === undefined) {
      if (prompt === undefined || menu === current) return children(menu, indent);
      if (prompt.kind === 'comment') {
        add('none', `   ${pad(indent)}*** ${title} ***`);
        return children(menu, indent + 2);
      }
      if (!options.single) return add('menu', `   ${pad(indent)}${title}  ${arrow(menu)}`);
      const unrolled = options.unrolled.has(menu);
      add('menu', `${unrolled ? '-->' : '++>'}${pad(indent)}${title}`);
      if (unrolled) children(menu, indent + 2);
      return;
    }
    if (symbol.choice) return visitChoice(menu, indent);
    if (menu === current) {
      add('none', `---${pad(indent)}${title}`);
      return children(menu, indent + 2);
    }
    const changeable = solver.isChangeable(symbol);
    const fresh = symbol.user.set || !changeable ? '' : ' (NEW)';
    const type = solver.typeOf(symbol);
    if (symbol.choiceValue && symbol.state === YES) {
      add('none', `   ${pad(indent)}${title}${fresh}`);
    } else if (type === 'bool' || type === 'tristate') {
      const mark = symbol.state === NO ? ' ' : symbol.state === YES || type === 'bool' ? '*' : 'M';
      let brackets = changeable ? (type === 'bool' ? '[]' : '<>') : '--';
      if (changeable && type === 'tristate' && symbol.selected.state === MODULE) brackets = '{}';
      const more = prompt?.kind === 'menu' ? `  ${arrow(menu)}` : '';
      add('toggle', `${brackets[0]}${mark}${brackets[1]}${pad(indent)}${title}${fresh}${more}`);
    } else {
      const value = `(${solver.textOf(symbol) ?? ''})`;
      const gap = ' '.repeat(Math.max(1, indent - value.length + 4));
      add('text', `${value}${gap}${title}${fresh}`);
      return children(menu, indent + 2);
    }
    if (prompt?.kind !== 'menu') children(menu, indent + 2);
  };

  const visitChoice = (menu: Menu, indent: number): void => {
    const choice = menu.symbol!;
    let picked: Menu | undefined;
    for (const child of menu.children()) {
      if (solver.isVisible(child) && child.symbol === choice.chosen) picked = child;
    }
    const type = solver.typeOf(choice);
    const changeable = solver.isChangeable(choice);
    let start = '   ';
    if (changeable && type === 'bool') start = choice.state === NO ? '[ ]' : '[*]';
    if (changeable && type === 'tristate') start = `<${[' ', 'M', '*'][choice.state]}>`;
    let text = `${start}${pad(indent)}${menu.title ?? ''}`;
    if (choice.state === YES && picked !== undefined) text += ` (${picked.title})  --->`;
    rows.push({ menu, tag: changeable || picked !== undefined ? 'toggle' : 'none', text });
    if (choice.state !== YES) return children(menu, indent + 2);
    if (picked?.list !== undefined) visit(picked, indent + 2);
  };

  visit(current, 0);
  return rows;
}

/** The index of the letter that jumps to a line: its first one outside of brackets that is none of y, n, m and h. */
export function hotKeyIndex(text: string): number {
  let open = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if ('<[('.includes(character)) open++;
    if ('>])'.includes(character) && open > 0) open--;
    if (open === 0 && /[A-Za-z]/.test(character) && !'ynmh'.includes(character.toLowerCase())) return index;
  }
  return 0;
}
