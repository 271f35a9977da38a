import type { Style } from './canvas.ts';

/** What is drawn, by its part; each an SGR style. */
export interface Theme {
  readonly screen: Style;
  readonly shadow: Style;
  readonly title: Style;
  readonly dialog: Style;
  readonly border: Style;
  readonly item: Style;
  readonly itemSelected: Style;
  readonly hotKey: Style;
  readonly hotKeySelected: Style;
  readonly button: Style;
  readonly buttonActive: Style;
  readonly input: Style;
  readonly note: Style;
  readonly arrow: Style;
  readonly subtitle: Style;
}

const mono: Theme = {
  screen: '',
  shadow: '',
  title: '1',
  dialog: '',
  border: '',
  item: '',
  itemSelected: '7',
  hotKey: '1',
  hotKeySelected: '1;7',
  button: '',
  buttonActive: '7',
  input: '4',
  note: '',
  arrow: '1',
  subtitle: '',
};

const classic: Theme = {
  screen: '1;36;44',
  shadow: '1;30;40',
  title: '1;33;47',
  dialog: '30;47',
  border: '1;37;47',
  item: '30;47',
  itemSelected: '1;37;44',
  hotKey: '1;33;47',
  hotKeySelected: '1;33;44',
  button: '30;47',
  buttonActive: '1;37;44',
  input: '30;47',
  note: '34;47',
  arrow: '1;32;47',
  subtitle: '1;36;44',
};

const bluetitle: Theme = { ...classic, title: '1;34;47', hotKey: '1;34;47', arrow: '1;34;47' };

const blackbg: Theme = {
  screen: '31;40',
  shadow: '1;30;40',
  title: '31;40',
  dialog: '37;40',
  border: '30;1;40',
  item: '37;40',
  itemSelected: '1;33;41',
  hotKey: '1;31;40',
  hotKeySelected: '1;33;41',
  button: '1;31;40',
  buttonActive: '1;33;41',
  input: '1;33;40',
  note: '33;40',
  arrow: '31;40',
  subtitle: '31;40',
};

const themes: Readonly<Record<string, Theme>> = { mono, classic, bluetitle, blackbg };

/**
 * The theme that `MENUCONFIG_COLOR` names; without colour where the terminal has none (`TERM`) or nobody wants it
 * (`NO_COLOR`).
 */
export function chooseTheme(environment: Readonly<Record<string, string | undefined>>): Theme {
  const named = themes[environment['MENUCONFIG_COLOR'] ?? ''];
  if (named !== undefined) return named;
  const terminal = environment['TERM'] ?? 'dumb';
  if (environment['NO_COLOR'] || /^(?:dumb|vt[12]|ansi-m|.*-m$)/.test(terminal)) return mono;
  return bluetitle;
}

/** The lines of boxes. */
export interface Lines {
  readonly horizontal: string;
  readonly vertical: string;
  readonly corners: readonly [string, string, string, string];
  readonly tees: readonly [string, string];
  readonly up: string;
  readonly down: string;
}

/** Box-drawing characters where the locale has them. */
export function chooseLines(environment: Readonly<Record<string, string | undefined>>): Lines {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return /utf-?8/i.test(locale)
    ? { horizontal: '─', vertical: '│', corners: ['┌', '┐', '└', '┘'], tees: ['├', '┤'], up: '↑', down: '↓' }
    : { horizontal: '-', vertical: '|', corners: ['+', '+', '+', '+'], tees: ['+', '+'], up: '^', down: 'v' };
}
