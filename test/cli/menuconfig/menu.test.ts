import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runMenu, type Outcome } from '../../../cli/menuconfig/app.ts';
import { Session, type CountUsers } from '../../../cli/menuconfig/session.ts';
import { Configuration } from '../../../engine/kconfig/configuration.ts';
import { memoryHost } from '../../engine/kconfig/memory-host.ts';
import { FakeClock, FakeTerminal } from './fake-terminal.ts';

const kconfig = `mainmenu "Test Configuration"
menu "Network"
config NET
	bool "Network support"
	select LIBBUF
	help
	  The whole network.
config LIBBUF
	bool "Buffers"
config SOCKETS
	bool "Sockets"
	depends on NET
	default y
config PORT
	int "Port"
	range 1 1000
	default 80
	depends on NET
endmenu
menu "Empty"
	depends on NET
comment "nothing"
endmenu
choice
	prompt "Speed"
	default SLOW
config SLOW
	bool "Slow"
config FAST
	bool "Fast"
endchoice
menuconfig EXTRA
	bool "Extra things"
if EXTRA
config THING
	bool "A thing"
endif
config NAME
	string "Name"
	default "box"
comment "The end"
`;

const down = '\x1b[B';
const esc = '\x1b\x1b';

class Screen {
  readonly terminal: FakeTerminal;
  readonly clock = new FakeClock();
  readonly host = memoryHost({ Kconfig: kconfig });
  readonly session: Session;
  readonly outcome: Promise<Outcome>;

  constructor(
    options: {
      config?: string;
      columns?: number;
      rows?: number;
      single?: boolean;
      environment?: Record<string, string>;
      countUsers?: CountUsers;
    } = {},
  ) {
    this.terminal = new FakeTerminal(options.columns, options.rows);
    if (options.config !== undefined) this.host.files.set('/t/.config', options.config);
    const opened = Configuration.open({
      rootFile: 'Kconfig',
      cwd: '/t',
      environment: { CONFIG_: 'CONFIG_' },
      host: this.host,
    });
    if (!opened.ok) throw new Error(opened.error);
    opened.value.load();
    opened.value.takeMessages();
    this.session = new Session(opened.value, options.single ?? false, options.countUsers);
    this.outcome = runMenu({
      session: this.session,
      terminal: this.terminal,
      environment: options.environment ?? { TERM: 'xterm', LANG: 'C.UTF-8' },
      roots: ['/t'],
      clock: this.clock,
    });
  }

  type(...keys: string[]): this {
    for (const key of keys) this.terminal.type(key);
    return this;
  }

  get text(): string {
    return this.terminal.text;
  }

  /** The line under the cursor. */
  get current(): string {
    return this.terminal.lines[this.terminal.cursor.y]!.replace(/[│|]/g, '').trim();
  }

  value(name: string): string {
    const { configuration } = this.session;
    return configuration.valueOf(configuration.find(name)!);
  }

  get config(): string | undefined {
    return this.host.files.get('/t/.config');
  }
}

describe('the menu', () => {
  test('shows titles, menus, values and comments as the kernel does', () => {
    const screen = new Screen();
    for (const line of [
      'Test Configuration',
      'Network  --->',
      'Speed (Slow)  --->',
      '[ ] Extra things (NEW)  ----',
      '(box) Name (NEW)',
      '*** The end ***',
      '< Select >  <  Exit  >  <  Help  >  <  Save  >  <  Load  >',
    ]) {
      expect(screen.text).toContain(line);
    }
    expect(screen.text).not.toContain('Empty');
    expect(screen.current).toBe('Network  --->');
  });

  test('y, n and space set; Enter opens; Esc Esc goes back; the answer at the end saves', async () => {
    const screen = new Screen();
    screen.type('\r', 'y');
    expect(screen.value('NET')).toBe('y');
    expect(screen.text).toContain('[*] Network support');
    expect(screen.text).toContain('-*- Buffers');
    expect(screen.text).toContain('(80) Port (NEW)');
    screen.type(down, down, 'n');
    expect(screen.value('SOCKETS')).toBe('n');
    screen.type(' ');
    expect(screen.value('SOCKETS')).toBe('y');
    screen.type(esc);
    expect(screen.current).toBe('Network  --->');
    screen.type(esc);
    expect(screen.text).toContain('Do you wish to save your new configuration?');
    screen.type('y');
    expect(await screen.outcome).toEqual({ kind: 'saved', file: '.config' });
    expect(screen.config).toContain('CONFIG_NET=y\nCONFIG_LIBBUF=y\nCONFIG_SOCKETS=y\nCONFIG_PORT=80\n');
    expect(screen.terminal.stopped).toBe(true);
  });

  test('leaving without saving writes nothing; Esc Esc at the question goes on', async () => {
    const screen = new Screen({ config: '# mine\n' });
    screen.type('\r', 'y', esc, esc, esc);
    expect(screen.text).toContain('Network  --->');
    screen.type(esc, 'n');
    expect(await screen.outcome).toEqual({ kind: 'discarded' });
    expect(screen.config).toBe('# mine\n');
  });

  test('without changes there is no question', async () => {
    const first = new Screen();
    first.type(esc, 'y');
    await first.outcome;
    const again = new Screen({ config: first.config! });
    again.type(esc);
    expect(await again.outcome).toEqual({ kind: 'unchanged' });
  });

  test('a value that was set and set back is no change', async () => {
    const first = new Screen();
    first.type(esc, 'y');
    await first.outcome;
    const again = new Screen({ config: first.config! });
    again.type('\r', 'y', 'n', esc, esc);
    expect(await again.outcome).toEqual({ kind: 'unchanged' });
  });

  test('hot keys go through the lines that have them', () => {
    const screen = new Screen();
    screen.type('s');
    expect(screen.current).toBe('Speed (Slow)  --->');
    screen.type('e');
    expect(screen.current).toContain('Extra things');
    // Of Network the N is taken: y, n, m and h are no hot keys.
    screen.type('e');
    expect(screen.current).toBe('Network  --->');
  });

  test('choices are picked from a list', () => {
    const screen = new Screen();
    screen.type(down, '\r');
    expect(screen.text).toContain('(X) Slow');
    screen.type('f', ' ');
    expect(screen.value('FAST')).toBe('y');
    expect(screen.text).toContain('Speed (Fast)  --->');
  });

  test('numbers and texts are typed; wrong ones are told', () => {
    const screen = new Screen();
    screen.type('\r', 'y', down, down, down, '\r', '\x7f\x7f', '5000', '\r');
    expect(screen.text).toContain('You have made an invalid entry.');
    expect(screen.text).toContain('It must be from 1 to 1000.');
    screen.type('\r', '\x7f\x7f\x7f\x7f', '443', '\r');
    expect(screen.value('PORT')).toBe('443');
    screen.type(esc, '\x1b[F', '\x1b[A', '\r');
    screen.type('é', '\r');
    expect(screen.text).toContain('(boxé) Name');
    expect(screen.value('NAME')).toBe(Buffer.from('boxé').toString('latin1'));
  });

  test('the buttons are reached with arrows and Tab', () => {
    const screen = new Screen();
    screen.type('\t', '\t', '\r');
    expect(screen.text).toContain('README');
    screen.type('\r', '\x1b[D', '\x1b[C', '\r');
    expect(screen.text).toContain('README');
    screen.type('\r', '\x1b[D', '\x1b[D', '\r');
    expect(screen.text).toContain('[ ] Network support');
  });

  test('? helps with an option', () => {
    const screen = new Screen();
    screen.type('\r', '?');
    expect(screen.text).toContain('CONFIG_NET:');
    expect(screen.text).toContain('The whole network.');
    expect(screen.text).toContain('Symbol: NET [=n]');
  });

  test('Z shows what is hidden', () => {
    const screen = new Screen();
    screen.type('\r');
    expect(screen.text).not.toContain('Sockets');
    screen.type('Z');
    expect(screen.text).toContain('Sockets');
    screen.type('z');
    expect(screen.text).not.toContain('Sockets');
  });

  test('/ finds while one types, and digits jump', () => {
    const screen = new Screen();
    screen.type('/', 'thi');
    expect(screen.text).toContain('(1) THING [=n]  A thing  in Extra things');
    screen.type('\r', '1');
    expect(screen.text).toContain('THING is hidden');
    expect(screen.current).toContain('Extra things');
    screen.type(esc);
    expect(screen.text).toContain('Search: thi');
    screen.type(esc);
    screen.type('/', '^NE', '\r', '\r', 'y');
    expect(screen.value('NET')).toBe('y');
  });

  test('W tells why an option is forced or hidden, and leads there', () => {
    const screen = new Screen({ config: 'CONFIG_NET=y\n' });
    screen.type('\r', down, 'n');
    expect(screen.text).toContain('LIBBUF=y: forced by NET. <W> tells why.');
    screen.type('W');
    expect(screen.text).toContain('selected by:');
    expect(screen.text).toContain('(1) NET (Network support) [=y]');
    screen.type('1');
    expect(screen.current).toContain('[*] Network support');
  });

  test('what a change would alter is told under the cursor after a moment, and listed by A', () => {
    const screen = new Screen({ rows: 40 });
    screen.type('\r');
    screen.clock.pass(1000);
    expect(screen.text).toContain('y alters 3 more options: +LIBBUF. <A> lists them.');
    screen.type('A');
    expect(screen.text).toContain('LIBBUF: n -> y');
    expect(screen.text).toContain('PORT: n -> 80');
    expect(screen.value('NET')).toBe('n');
  });

  test('what a change would alter includes what was compiled with it', () => {
    let asked: readonly string[] = [];
    const countUsers: CountUsers = (names) => {
      asked = names;
      return 10;
    };
    const screen = new Screen({ rows: 40, countUsers });
    screen.type('\r');
    screen.clock.pass(1000);
    expect(screen.text).toContain('y alters 3 more options: +LIBBUF; 10 to compile again. <A> lists them.');
    expect([...asked].sort()).toEqual(['LIBBUF', 'NET', 'PORT', 'SOCKETS']);
    screen.type('A');
    expect(screen.text).toContain('Compiled files that mention them, and are made again: 10');
  });

  test('U takes back and R does again; D lists what is not saved', () => {
    const screen = new Screen();
    screen.type('S', '\r', '\r', 'y', 'D');
    expect(screen.text).toContain('NET: n -> y');
    screen.type('\r', 'U');
    expect(screen.value('NET')).toBe('n');
    screen.type('D');
    expect(screen.text).toContain('There are none.');
    screen.type('\r', 'R');
    expect(screen.value('NET')).toBe('y');
    screen.type('R');
    expect(screen.text).toContain('There is nothing to do again.');
  });

  test('S saves under a name and O loads one; loading can be undone', () => {
    const screen = new Screen();
    screen.type('\r', 'y', 'S', '\x7f'.repeat(7), 'other', '\r');
    expect(screen.host.files.get('/t/other')).toContain('CONFIG_NET=y');
    expect(screen.config).toBeUndefined();
    screen.host.files.set('/t/third', '# CONFIG_NET is not set\n');
    screen.type('O', '\x7f'.repeat(5), 'third', '\r');
    expect(screen.value('NET')).toBe('n');
    screen.type('U');
    expect(screen.value('NET')).toBe('y');
    screen.type('O', '\x7f'.repeat(5), 'nowhere', '\r');
    expect(screen.text).toContain('File does not exist!');
  });

  test('one menu can hold all', () => {
    const screen = new Screen({ single: true });
    expect(screen.text).toContain('++> Network');
    screen.type('\r');
    expect(screen.text).toContain('--> Network');
    expect(screen.text).toContain('[ ]   Network support (NEW)');
    screen.type('\r');
    expect(screen.text).not.toContain('Network support');
  });

  test('an end of the terminal keeps unsaved changes beside the file', async () => {
    const screen = new Screen({ config: '# mine\n' });
    screen.type('\r', 'y');
    screen.terminal.end();
    expect(await screen.outcome).toEqual({ kind: 'ended', rescued: '.config.unsaved' });
    expect(screen.config).toBe('# mine\n');
    expect(screen.host.files.get('/t/.config.unsaved')).toContain('CONFIG_NET=y');
  });

  test('control-C asks before it leaves', async () => {
    const screen = new Screen();
    screen.type('\r', 'y', '\x03');
    expect(screen.text).toContain('Do you wish to save');
    screen.type('n');
    expect((await screen.outcome).kind).toBe('discarded');
  });

  test('a resize draws anew', () => {
    const screen = new Screen();
    screen.terminal.resize(120, 50);
    expect(screen.text).toContain('Network  --->');
    screen.terminal.resize(40, 12);
    expect(screen.text).toContain('Network  --->');
  });

  test('without colour only brightness and reversal are used', () => {
    const plain = new Screen({ environment: { TERM: 'vt100' } });
    plain.type('\r', '/', 'x', esc, '?');
    expect([...plain.terminal.styles].every((style) => /^0?(?:;?[147])*$/.test(style))).toBe(true);
    expect(plain.text).not.toMatch(/[^\x00-\x7f]/);
    const colours = new Screen();
    expect([...colours.terminal.styles].some((style) => style.includes('44'))).toBe(true);
    const unwanted = new Screen({ environment: { TERM: 'xterm', NO_COLOR: '1' } });
    expect([...unwanted.terminal.styles].some((style) => style.includes('44'))).toBe(false);
  });

  test('any keys at any size neither break it nor draw outside', () => {
    const keys = fc.constantFrom(
      ...[
        '\x1b[A',
        down,
        '\x1b[C',
        '\x1b[D',
        '\x1b[5~',
        '\x1b[6~',
        '\x1b[H',
        '\x1b[F',
        '\r',
        '\t',
        ' ',
        '\x7f',
      ],
      ...[...'ynmhszwaurode/?+-xbft195'],
      esc,
    );
    const size = fc.record({
      columns: fc.integer({ min: 1, max: 130 }),
      rows: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(
        size,
        size,
        fc.array(keys, { maxLength: 60 }),
        fc.nat({ max: 59 }),
        (first, second, typed, at) => {
          const screen = new Screen(first);
          typed.forEach((key, index) => {
            if (index === at) screen.terminal.resize(second.columns, second.rows);
            screen.type(key);
            screen.clock.pass(200);
          });
          if (screen.terminal.stopped) return;
          // Whatever is on the screen is what a terminal that starts anew would show. (The line below the menu goes with a key.)
          screen.type('w', '\x7f');
          const shown = screen.text;
          screen.terminal.resize(screen.terminal.columns, screen.terminal.rows);
          expect(screen.text).toBe(shown);
        },
      ),
      { numRuns: 150, interruptAfterTimeLimit: 30_000 },
    );
  });
});
