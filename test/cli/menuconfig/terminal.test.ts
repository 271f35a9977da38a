import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TinyCore } from '../../rules/configure/tiny-core.ts';
import { hasTmux, TmuxTerminal } from './tmux.ts';

const root = join(import.meta.dirname, '../../..');

// The real program in a real terminal: tmux gives it one.
describe.skipIf(!hasTmux())(`in a terminal${hasTmux() ? '' : ' (skipped: there is no tmux)'}`, () => {
  let dist: string;
  let tiny: TinyCore;
  let terminal: TmuxTerminal;
  let count = 0;

  beforeAll(() => {
    dist = mkdtempSync(join(tmpdir(), 'menuconfig-'));
    execFileSync(process.execPath, [join(root, 'scripts/bundle.mjs'), '--outdir', dist], { stdio: 'ignore' });
  });
  afterAll(() => rmSync(dist, { recursive: true, force: true }));

  beforeEach(() => {
    count++;
    tiny = new TinyCore();
  });
  afterEach(async () => {
    await terminal.close();
    tiny.remove();
  });

  function program(): string {
    return `${process.execPath} ${join(dist, 'unigraph.js')} menuconfig --core ${tiny.core} --app ${tiny.app}`;
  }

  function start(columns: number, rows: number, environment: Record<string, string> = {}): TmuxTerminal {
    terminal = new TmuxTerminal(`menuconfig-${process.pid}-${count}`, columns, rows, program(), {
      LC_ALL: 'C.UTF-8',
      ...environment,
    });
    return terminal;
  }

  const config = (): string => readFileSync(join(tiny.app, '.config'), 'utf8');

  test('can be driven blindly: into a menu, set, back, save', async () => {
    start(80, 24);
    await terminal.until('Application Options');
    terminal.send('End', 'Enter');
    await terminal.until('A thing of the application');
    terminal.send('y');
    await terminal.until('[*] A thing of the application');
    terminal.send('Escape', 'Escape');
    await terminal.until('Library Configuration');
    terminal.send('Escape', 'Escape');
    await terminal.until('Do you wish to save');
    terminal.send('Enter');
    const screen = await terminal.until('ended with 0');
    expect(screen).toContain('Configuration written to');
    // The screen from before is back.
    expect(screen).not.toContain('Application Options');
    expect(config()).toContain('CONFIG_APPTHING=y\n');
  });

  test('searches and jumps', async () => {
    start(100, 30);
    await terminal.until('Library Configuration');
    terminal.send('/');
    await terminal.until('Search:');
    terminal.send('appth');
    await terminal.until('(1) APPTHING [=n]');
    terminal.send('Enter', '1');
    await terminal.until('[ ] A thing of the application');
    terminal.send('Space');
    await terminal.until('[*] A thing of the application');
  });

  test('follows the size of the terminal, down to almost nothing', async () => {
    start(80, 24);
    await terminal.until('Library Configuration');
    for (const [columns, rows] of [
      [132, 43],
      [50, 15],
      [20, 6],
      [80, 24],
    ] as const) {
      terminal.resize(columns, rows);
      await terminal.until(columns >= 50 ? 'Library Configuration' : 'Image');
    }
  });

  test('draws with ASCII and without colour where there is nothing else', async () => {
    start(80, 24, { LC_ALL: 'C', NO_COLOR: '1' });
    const screen = await terminal.until('Library Configuration');
    expect(screen).toMatch(/\+-+ .* -+\+/);
    expect(screen).not.toMatch(/[│─]/);
  });

  test.each(['SIGTERM', 'SIGHUP'] as const)(
    '%s keeps the changes, and gives the terminal back',
    async (signal) => {
      writeFileSync(join(tiny.app, '.config'), '# mine\n');
      start(80, 24);
      await terminal.until('Application Options');
      terminal.send('End', 'Enter');
      await terminal.until('A thing of the application');
      terminal.send('y');
      await terminal.until('[*] A thing');
      process.kill(terminal.programId(), signal);
      await terminal.until('ended with 1');
      expect(config()).toBe('# mine\n');
      expect(readFileSync(join(tiny.app, '.config.unsaved'), 'utf8')).toContain('CONFIG_APPTHING=y\n');
    },
  );

  test('being killed leaves .config as it was', async () => {
    writeFileSync(join(tiny.app, '.config'), '# mine\n');
    start(80, 24);
    await terminal.until('Library Configuration');
    process.kill(terminal.programId(), 'SIGKILL');
    await terminal.until(/ended with 1\d\d/);
    expect(config()).toBe('# mine\n');
    expect(existsSync(join(tiny.app, '.config.old'))).toBe(false);
  });

  test('control-Z stops it, and it goes on where it was', async () => {
    terminal = new TmuxTerminal(`menuconfig-${process.pid}-${count}`, 80, 24, 'bash --norc --noprofile -i', {
      LC_ALL: 'C.UTF-8',
      PS1: 'ready:',
    });
    await terminal.until('ready:');
    terminal.send(program(), 'Enter');
    await terminal.until('Library Configuration');
    terminal.send('C-z');
    expect(await terminal.until('Stopped')).not.toContain('Library Configuration');
    terminal.send('fg', 'Enter');
    await terminal.until('Library Configuration');
    terminal.send('End', 'Enter');
    await terminal.until('A thing of the application');
  });
});
