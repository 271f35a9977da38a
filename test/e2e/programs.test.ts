import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { bundledProgram } from '../support/program.ts';

test('unigraph-make and qemu-guest are programs, also through a link', async () => {
  const bundle = dirname(await bundledProgram());
  const folder = mkdtempSync(join(tmpdir(), 'unigraph-programs-'));
  try {
    const run = (name: string, ...args: string[]): string => {
      symlinkSync(join(bundle, name), join(folder, name));
      return execFileSync(join(folder, name), args, { cwd: folder, encoding: 'utf8' });
    };
    writeFileSync(
      join(folder, 'Makefile'),
      'all:\n\t@$(MAKE) --no-print-directory inner\ninner:\n\t@echo level $(MAKELEVEL)\n',
    );
    expect(run('unigraph-make')).toBe('level 1\n');
    expect(run('qemu-guest', '-h')).toMatch(/^Usage: /);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a link named make is make, and recipes call it by that name', async () => {
  const program = await bundledProgram();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'unigraph-programs-')));
  try {
    mkdirSync(join(folder, 'bin'));
    symlinkSync(program, join(folder, 'bin/make'));
    writeFileSync(
      join(folder, 'Makefile'),
      'all:\n\t$(MAKE) -s inner\ninner:\n\t@echo $(MAKE) $(MAKELEVEL)\n',
    );
    const environment = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
    const run = (name: string): string =>
      execFileSync(name, { cwd: folder, encoding: 'utf8', env: environment });
    expect(run('make')).toBe('make -s inner\nmake 1\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
