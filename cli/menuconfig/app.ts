import { fromByteText } from '../../engine/kconfig/byte-text.ts';
import type { Menu } from '../../engine/kconfig/menu.ts';
import { extendedHelp } from '../../engine/kconfig/relations.ts';
import type { ConfigSymbol } from '../../engine/kconfig/symbol.ts';
import { blockers, explain } from '../../engine/kconfig/why.ts';
import { ConfigText } from '../config-text.ts';
import { Canvas, clip } from './canvas.ts';
import { ConfirmView } from './confirm-view.ts';
import { PromptView } from './input-view.ts';
import { KeyDecoder, type Key, type KeyClock, realClock } from './keys.ts';
import { MenuView } from './menu-view.ts';
import { loadHelp, readme, saveHelp } from './readme-text.ts';
import { SearchView } from './search-view.ts';
import { Session } from './session.ts';
import type { TerminalDevice } from './terminal.ts';
import { TextView } from './text-view.ts';
import { chooseLines, chooseTheme } from './theme.ts';
import type { Desk, View } from './view.ts';
import type { Look } from './widgets.ts';

/** How long nobody has to type before something is calculated ahead. */
const IDLE_MS = 150;

/** How a menu was left. */
export type Outcome =
  | { readonly kind: 'saved'; readonly file: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'discarded' }
  | { readonly kind: 'failed'; readonly file: string }
  /** The program had to end; `rescued` holds what was not saved. */
  | { readonly kind: 'ended'; readonly rescued: string | undefined };

export interface MenuOptions {
  readonly session: Session;
  readonly terminal: TerminalDevice;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Below these folders, paths are written short. */
  readonly roots: readonly string[];
  readonly clock?: KeyClock;
}

/** Shows the menu until it is left. */
export function runMenu(options: MenuOptions): Promise<Outcome> {
  return new App(options).run();
}

class App implements Desk {
  readonly session: Session;
  readonly look: Look;
  readonly #terminal: TerminalDevice;
  readonly #clock: KeyClock;
  readonly #views: View[] = [];
  readonly #text: ConfigText;
  readonly #title: string;
  #status = '';
  #shown: Canvas | undefined;
  #cancelIdle: (() => void) | undefined;
  #finish: (outcome: Outcome) => void = () => undefined;

  constructor({ session, terminal, environment, roots, clock }: MenuOptions) {
    this.session = session;
    this.look = { theme: chooseTheme(environment), lines: chooseLines(environment) };
    this.#terminal = terminal;
    this.#clock = clock ?? realClock;
    this.#text = new ConfigText(...roots);
    this.#title = fromByteText(session.configuration.tree.root.prompt?.text ?? '');
  }

  run(): Promise<Outcome> {
    return new Promise<Outcome>((resolve, reject) => {
      const guard = (action: () => void): void => {
        try {
          action();
        } catch (error) {
          this.#terminal.stop();
          this.session.rescue();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const decoder = new KeyDecoder((key) => guard(() => this.#key(key)), this.#clock);
      this.#finish = (outcome) => {
        this.#cancelIdle?.();
        this.#terminal.stop();
        resolve(outcome);
      };
      this.#views.push(new MenuView(this.session.configuration.tree.root));
      this.#terminal.start({
        input: (bytes) => guard(() => decoder.feed(bytes)),
        resize: () =>
          guard(() => {
            this.#shown = undefined;
            this.#draw();
          }),
        end: () => this.#finish({ kind: 'ended', rescued: this.session.rescue() }),
      });
      guard(() => this.#draw());
    });
  }

  // Keys and drawing

  #key(key: Key): void {
    this.#status = '';
    if (key.kind === 'redraw') this.#shown = undefined;
    else if (key.kind === 'suspend') {
      this.#terminal.suspend();
      this.#shown = undefined;
    } else if (key.kind === 'interrupt') this.#leave();
    else this.#views.at(-1)?.key(key, this);
    if (this.#views.length > 0) this.#draw();
  }

  #draw(): void {
    const { columns, rows } = this.#terminal;
    const { theme, lines } = this.look;
    const canvas = new Canvas(Math.max(1, columns), Math.max(1, rows), theme.screen);
    const changed = this.session.unsaved ? ' (unsaved changes)' : '';
    canvas.put(1, 0, clip(`${this.session.fileName}${changed} - ${this.#title}`, columns - 2), theme.screen);
    if (rows >= 19) {
      canvas.put(1, 1, lines.horizontal.repeat(Math.max(0, columns - 2)), theme.subtitle);
      const crumbs = this.#views.flatMap((view) => (view.crumb === undefined ? [] : [view.crumb]));
      if (crumbs.length > 0) canvas.put(1, 1, clip(`> ${crumbs.join(' > ')} `, columns - 2), theme.subtitle);
    }
    this.#views.at(-1)?.draw(canvas, this);
    if (this.#status !== '') {
      canvas.fill(0, rows - 1, columns, 1, theme.screen);
      canvas.put(1, rows - 1, clip(this.#status, columns - 2), theme.screen);
    }
    this.#terminal.write(canvas.difference(this.#shown));
    this.#shown = canvas;
    this.#cancelIdle?.();
    const view = this.#views.at(-1);
    this.#cancelIdle =
      view?.idle === undefined ? undefined : this.#clock.after(IDLE_MS, () => view.idle?.(this));
  }

  refresh(): void {
    this.#draw();
  }

  push(view: View): void {
    this.#views.push(view);
  }

  close(view: View): void {
    const index = this.#views.indexOf(view);
    if (index === 0) return this.#leave();
    if (index > 0) this.#views.length = index;
  }

  say(text: string): void {
    this.#status = text;
  }

  // Leaving

  #leave(): void {
    if (!this.session.unsaved) {
      this.#views.length = 0;
      return this.#finish({ kind: 'unchanged' });
    }
    const question =
      'Do you wish to save your new configuration?\n' +
      '(Press <ESC><ESC> to continue Unikraft configuration, <D> to see the changes.)';
    this.push(
      new ConfirmView(question, (yes) => {
        if (yes === undefined) return;
        this.#views.length = 0;
        if (!yes) return this.#finish({ kind: 'discarded' });
        const { fileName } = this.session;
        this.#finish(
          this.session.save() ? { kind: 'saved', file: fileName } : { kind: 'failed', file: fileName },
        );
      }),
    );
  }

  // Actions

  help(menu: Menu): void {
    const { configuration } = this.session;
    if (menu.symbol === undefined) return this.push(new TextView('README', readme));
    const text = extendedHelp(configuration.solver, menu, configuration.prefix);
    configuration.takeMessages();
    this.push(new TextView(fromByteText(menu.title ?? ''), fromByteText(text)));
  }

  why(symbol: ConfigSymbol): void {
    const { configuration } = this.session;
    const explanation = explain(configuration, symbol);
    const named: ConfigSymbol[] = [];
    const by = 'by' in explanation.origin ? explanation.origin.by.map((cause) => cause.symbol) : [];
    const picked = explanation.origin.kind === 'choice' ? [explanation.origin.picked] : [];
    const needed = blockers(configuration, symbol.direct.expression).map((cause) => cause.symbol);
    for (const each of [...by, ...picked, ...explanation.blockedBy.map((cause) => cause.symbol), ...needed]) {
      if (each?.name !== undefined && each !== symbol && !named.includes(each)) named.push(each);
    }
    const places = named.slice(0, 9);
    let text = this.#text.explanation(explanation);
    if (places.length > 0) {
      text += '\nGo to:\n';
      text += places
        .map(
          (each, index) =>
            `  (${index + 1}) ${this.#text.title(each)} [=${fromByteText(configuration.valueOf(each))}]\n`,
        )
        .join('');
    }
    const jumps = places.map((each) => (desk: Desk) => desk.jumpTo(each));
    this.push(new TextView(`Why is ${symbol.label} so?`, text, jumps, 'Why'));
  }

  consequences(menu: Menu): void {
    const { symbol } = menu;
    const preview = symbol === undefined ? undefined : this.session.preview(symbol);
    if (preview === undefined || symbol === undefined) return this.say('It can have no other value.');
    const lines = preview.changes.map((change) => this.#text.change(change));
    const { compiled, to } = preview;
    if (compiled !== undefined)
      lines.push(
        '',
        `Compiled files that mention ${lines.length === 1 ? 'it' : 'them'}, and are made again: ${compiled}`,
      );
    this.push(
      new TextView(`${symbol.label}=${to} would alter`, lines.map(fromByteText).join('\n') || 'Nothing.'),
    );
  }

  differences(): void {
    const lines = this.session.differences().map((change) => this.#text.change(change));
    const title = `Unsaved changes to ${this.session.fileName}`;
    this.push(new TextView(title, lines.length === 0 ? 'There are none.' : lines.join('\n')));
  }

  search(): void {
    this.push(new SearchView());
  }

  jumpTo(symbol: ConfigSymbol): void {
    const prompt = symbol.properties.find((property) => property.text !== undefined);
    const menu = prompt?.menu ?? symbol.properties[0]?.menu;
    if (menu !== undefined) this.jump(menu);
  }

  jump(menu: Menu): void {
    const { solver, tree } = this.session.configuration;
    let target = menu;
    while (target !== tree.root && !solver.isVisible(target) && !this.session.hidden)
      target = target.parent ?? tree.root;
    if (target !== menu && menu.symbol !== undefined) {
      this.say(`${menu.symbol.label} is hidden: <Z> shows hidden options, <W> tells why.`);
    }
    let parent = target.parent ?? tree.root;
    // Up to an entry that is a menu of its own.
    while (parent !== tree.root && parent.prompt?.kind !== 'menu') parent = parent.parent ?? tree.root;
    this.push(new MenuView(parent, target));
  }

  save(): void {
    this.push(
      new PromptView({
        title: '',
        text: 'Enter a filename to which this configuration should be saved as an alternate.  Leave blank to abort.',
        initial: this.session.fileName,
        height: 11,
        width: 55,
        help: (desk) => desk.push(new TextView('Save Alternate Configuration', saveHelp)),
        accept: (answer, view, desk) => {
          if (answer === '') return desk.close(view);
          if (!this.session.save(Session.fileNamed(answer))) {
            return desk.push(new TextView('', "Can't create file!"));
          }
          desk.close(view);
          desk.say(`Saved to ${answer}.`);
        },
      }),
    );
  }

  load(): void {
    this.push(
      new PromptView({
        title: '',
        text: 'Enter the name of the configuration file you wish to load.  Accept the name shown to restore the configuration you last retrieved.  Leave blank to abort.',
        initial: this.session.fileName,
        height: 11,
        width: 55,
        help: (desk) => desk.push(new TextView('Load Alternate Configuration', loadHelp)),
        accept: (answer, view, desk) => {
          if (answer === '') return desk.close(view);
          if (!this.session.load(Session.fileNamed(answer))) {
            return desk.push(new TextView('', 'File does not exist!'));
          }
          desk.close(view);
          desk.say(`Loaded ${answer}. <U> goes back.`);
        },
      }),
    );
  }
}
