import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { answerNatively, givesTheSameAgain } from '../../../engine/make/native-shell.ts';
import { nodeHost } from '../../../engine/make/node-host.ts';
import { Folder } from './oracle.ts';

const folder = new Folder({ 'd/e/file': '' });
mkdirSync(join(folder.path, 'with space'));
symlinkSync('d/e', join(folder.path, 'link'));
afterAll(() => folder.remove());

const environment = { PATH: '/usr/local/bin:/usr/bin:/bin' };
const settings = { shell: '/bin/sh', flags: '-c', ifs: '', oneShell: false, stopAtNewline: false };
const answer = (
  command: string,
  variables: Readonly<Record<string, string>> = environment,
): { stdout: string; status: number } | undefined => {
  const reply = answerNatively(command, settings, nodeHost(), folder.path, variables);
  return reply === undefined ? undefined : { stdout: reply.stdout, status: reply.status };
};
const ask = (command: string): { stdout: string; status: number } => {
  const result = spawnSync('/bin/sh', ['-c', command], {
    cwd: folder.path,
    env: environment,
    encoding: 'latin1',
  });
  return { stdout: result.stdout, status: result.status! };
};

describe('a shell command that is answered without a shell', () => {
  it.each([
    'mkdir -p d && cd d >/dev/null && pwd',
    'mkdir -p "d/e" && cd "d/e" >/dev/null && pwd',
    'cd "with space" && pwd',
    'cd link && pwd',
    'cd ./d/../d//e && pwd',
    'which sh',
    'which sh || type -p sh || echo sh',
    'which /bin/sh || type -p /bin/sh || echo sh',
    'uname',
    'umask',
    "if [ 12 -gt 8 ] || ([ 12 -eq 8 ] && [ 2 -ge 0 ]) ; then printf 'y' ; fi",
    'if [ n = y ] ; then printf "" ; fi',
    'if [ a = b ]; then echo 1; else echo 2; fi',
    'test -d d && echo yes || echo no',
    'echo a   b; echo "c  d"',
    'echo -n y',
    'echo -n a   b; echo -n; echo "-n"',
    'echo -n -n a',
    'false || true',
    'false && echo no',
  ])('has the same output and status: %s', (command) => {
    const own = answer(command);
    if (own !== undefined) expect(own).toEqual(ask(command));
  });

  it.each([
    'mkdir -p d && cd d >/dev/null && pwd',
    'which sh || type -p sh || echo sh',
    "if [ 12 -gt 8 ] || ([ 12 -eq 8 ] && [ 2 -ge 0 ]) ; then printf 'y' ; fi",
    'uname',
    'umask',
    'which /bin/sh',
    'if [ y = y ] ; then if [ 12 -gt 8 ] ; then echo -n y ; fi ; fi',
  ])('is answered at all: %s', (command) => {
    expect(answer(command)).toBeDefined();
  });

  it.each([
    'mkdir -p new && cd new && pwd',
    'cd nowhere && pwd',
    'which no_such_command_here',
    'echo $HOME',
    'echo `pwd`',
    'echo *',
    'echo a > out',
    'X=1 pwd',
    'pwd &',
    'cd -',
    'echo "unfinished',
    'cd link/.. && pwd',
    'rm -rf d',
    'if [ x -gt 8 ]; then echo; fi',
    '',
  ])('is never one that could have an effect or fail: %s', (command) => {
    expect(answer(command)).toBeUndefined();
  });

  it('goes to the shell when the user has put a program of that name in front', () => {
    for (const command of ['which sh', 'uname', 'mkdir -p d']) {
      expect(answer(command), command).toBeDefined();
      const first = join(folder.path, 'programs');
      expect(answer(command, { PATH: `${first}:${environment.PATH}` }), command).toBeDefined();
    }
    const first = join(folder.path, 'shims');
    mkdirSync(first);
    for (const name of ['which', 'uname', 'mkdir']) {
      writeFileSync(join(first, name), '#!/bin/sh\necho mine\n', { mode: 0o755 });
    }
    for (const command of ['which sh', 'uname', 'mkdir -p d']) {
      expect(answer(command, { PATH: `${first}:${environment.PATH}` }), command).toBeUndefined();
    }
  });

  it('leaves it to the shell whether a program that not everybody may execute is one', () => {
    const first = join(folder.path, 'mine');
    mkdirSync(first);
    writeFileSync(join(first, 'tool'), '', { mode: 0o700 });
    expect(answer('which tool', { PATH: `${first}:${environment.PATH}` })).toBeUndefined();
    expect(answer(`which ${first}/tool`)).toBeUndefined();
  });

  it.each(['BASH_ENV', 'SHELLOPTS', 'BASH_FUNC_cd%%', 'POSIXLY_CORRECT'])(
    'goes to the shell when %s changes what the shell does',
    (name) => {
      expect(answer('uname', { ...environment, [name]: 'x' })).toBeUndefined();
    },
  );

  it.each([
    ['echo "x86_64" | sed -e "s/-.*//" -e \'s//\\1/\' -e \'s/x86.*/x86/\' ', true],
    ['echo "a" | sed -e "s/a/b/"', true],
    ['echo "a" | sed -e "s/a/b/w out"', false],
    ['echo "a" | sed -e "s/a/date/e"', false],
    ['echo "a" | sed -e "s/$HOME/b/"', false],
    ['echo "a" | sed -e "s/a/b/" file', false],
    ['echo "a" | sed -i -e "s/a/b/"', false],
    ['echo "`date`" | sed -e "s/a/b/"', false],
  ])('is known to give the same again, or not: %s', (command, expected) => {
    expect(givesTheSameAgain(command, settings, nodeHost(), folder.path, environment)).toBe(expected);
  });

  it('looks at CDPATH only for relative names', () => {
    const variables = { ...environment, CDPATH: '/usr' };
    expect(answer('cd d && pwd', variables)).toBeUndefined();
    expect(answer(`cd ${folder.path}/d && pwd`, variables)).toEqual({
      stdout: `${folder.path}/d\n`,
      status: 0,
    });
  });

  it('agrees with the shell on whatever it accepts', () => {
    const atom = fc.constantFrom(
      'echo',
      'a',
      '"b c"',
      "'d'",
      '[',
      ']',
      '=',
      '-eq',
      '1',
      '2',
      '&&',
      '||',
      ';',
      '(',
      ')',
      'if',
      'then',
      'else',
      'fi',
      'true',
      'false',
      'cd',
      'd',
      'pwd',
      'test',
      '-n',
      '-d',
      'printf',
      '-e',
      '>/dev/null',
      '2>/dev/null',
      '!=',
      'x',
    );
    fc.assert(
      fc.property(fc.array(atom, { minLength: 1, maxLength: 9 }), (parts) => {
        const command = parts.join(' ');
        const own = answer(command);
        if (own !== undefined) expect([command, own]).toEqual([command, ask(command)]);
      }),
      { numRuns: 4000 },
    );
  });
});
