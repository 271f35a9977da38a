import { describe, expect, test } from 'vitest';
import { completionTable } from '../../cli/completion-table.ts';
import { translate } from '../../cli/ukraft.ts';
import { verbs } from '../../cli/ukraft-verbs.ts';
import { runMain } from './run-main.ts';

/** Calls as text: `cd FOLDER` stands before those that go somewhere. */
function calls(line: string): string[] | string {
  const translated = translate(line.split(' '));
  if (translated.kind === 'wrong') return translated.message;
  if (translated.kind !== 'calls') return translated.kind;
  return translated.calls.flatMap(({ argv, folder }) => [
    ...(folder === undefined ? [] : [`cd ${folder}`]),
    argv.join(' '),
  ]);
}

/** kraft's command lines of the tutorial and of kraft's own help, and what they become. */
const lines: readonly (readonly [string, readonly string[]])[] = [
  ['list', ['list']],
  ['list -i -l', ['list --installed --libs']],
  ['list -cpad', ['list --core --plats --apps --paths']],
  ['list --json', ['list --json']],
  ['list -t', ['list --installed']],
  [
    'list add https://github.com/me/lib-* /home/me/lib-x',
    ['list add https://github.com/me/lib-* /home/me/lib-x'],
  ],
  ['list update', ['list update']],
  ['list pull unikraft@staging app-helloworld -D', ['list pull unikraft@staging app-helloworld --no-deps']],
  ['list pull -w there lib-musl', ['list pull lib-musl --into there']],
  ['list pull', ['list pull']],
  ['list show musl -j', ['list show musl --json']],
  ['list remove /home/me/lib-x', ['list remove /home/me/lib-x']],
  ['init -t helloworld my-app', ['init my-app --template helloworld']],
  ['init -p kvm -m x86_64 -F -d', ['init --platform kvm --arch x86_64 --workdir . --local --force']],
  ['init --no-deps -w there x', ['init x --workdir there --no-pull']],
  ['configure -p kvm -m x86_64', ['configure --platform kvm --arch x86_64']],
  ['configure -pkvm --arch=arm64 -F', ['configure --platform kvm --arch arm64 --fresh']],
  [
    'configure -w app -y LIBMUSL -n LIBNEWLIB -s CONFIG_X=1 -k',
    ['cd app', 'configure --set LIBMUSL=y --set LIBNEWLIB=n --set CONFIG_X=1', 'menuconfig'],
  ],
  ['configure -u musl@staging -t fast', ['lib add musl@staging', 'configure --target fast']],
  ['menuconfig', ['menuconfig']],
  ['menu', ['menuconfig']],
  ['set LIBX=y NAME=x', ['config set LIBX=y NAME=x']],
  ['unset LIBX', ['config unset LIBX']],
  ['ps -a', ['ps --all']],
  ['logs -f fortune', ['logs fortune --follow']],
  ['stop one two', ['stop one two']],
  ['fetch', ['build fetch']],
  ['prepare -w app', ['cd app', 'build prepare']],
  ['build', ['build']],
  ['-v build -j --no-progress --no-fetch', ['build --verbose']],
  ['build --fast libfortune', ['build libfortune']],
  ['clean', ['clean']],
  ['clean -p', ['properclean']],
  ['clean -d -w app', ['cd app', 'distclean']],
  ['clean libmusl liblwip', ['clean libmusl', 'clean liblwip']],
  ['run', ['run']],
  ['run -p kvm -m x86_64 -M 256 -s 2 -c 2', ['run --target kvm/x86_64 --memory 256 --cpus 4']],
  ['run -B -i root.cpio -g 1234 -P', ['run --initrd root.cpio --detach --paused --gdb 1234']],
  ['run -D -n 1 one two', ['run --net --dry-run -- one two']],
  ['run -- -c /etc/x', ['run -- -c /etc/x']],
  [
    'lib init libfortune --version 0.1.0 --origin https://x/v$VERSION.zip --author-name Ada --author-email a@b --initial-branch staging --with-main --no-prompt --force',
    [
      'lib init libfortune --author-name Ada --author-email a@b --version 0.1.0 --origin https://x/v$VERSION.zip --initial-branch staging --with-main --force --no-prompt',
    ],
  ],
  ['lib add musl@staging lwip', ['lib add musl@staging lwip']],
  ['lib remove musl', ['lib remove musl']],
  ['lib bump -v 2.0 libthing', ['lib bump libthing --version 2.0']],
  [
    'up -t helloworld -p kvm -m x86_64 my-app',
    [
      'init my-app --workdir my-app --template helloworld',
      'cd my-app',
      'configure --platform kvm --arch x86_64',
      'build',
      'run --target kvm/x86_64',
    ],
  ],
  [
    'up -t helloworld -v 0.5 -w there x',
    ['init x --workdir there --template helloworld@0.5', 'cd there', 'configure', 'build', 'run'],
  ],
];

test.each(lines)('ukraft %s', (line, expected) => {
  expect(calls(line)).toEqual(expected);
});

test('every option that a verb becomes is one that the command has', async () => {
  const table = new Map((await completionTable()).map((shape) => [shape.name, shape]));
  for (const [line] of lines) {
    const translated = translate(line.split(' '));
    if (translated.kind !== 'calls') throw new Error(line);
    for (const { argv } of translated.calls) {
      const shape = table.get(`${argv[0]} ${argv[1]}`) ?? table.get(argv[0]!);
      expect(shape, argv.join(' ')).toBeDefined();
      const known = new Set(shape!.options.flatMap(({ flags }) => flags));
      const end = argv.indexOf('--');
      for (const word of end < 0 ? argv : argv.slice(0, end)) {
        if (word.startsWith('--')) expect([...known], `${line}: ${word}`).toContain(word);
      }
    }
  }
});

test('every verb has at least one line here', () => {
  const covered = new Set(
    lines
      .map(([line]) => line.replace(/^-\w+ /, '').split(' '))
      .flatMap(([first, second]) => [first, `${first} ${second}`]),
  );
  expect(Object.keys(verbs).filter((name) => !covered.has(name))).toEqual([]);
});

describe('wrong usage', () => {
  test.each([
    ['buid', "no such verb: buid. Did you mean 'build'?"],
    ['list pul', "no such verb: list pul. Did you mean 'list pull'?"],
    ['list nonsense', 'no such verb: list nonsense'],
    ['configure --plot kvm', "configure: no such option: --plot. Did you mean '--plat'?"],
    ['configure -p', 'configure: option -p requires an argument'],
    ['clean --proper=yes', 'clean: option --proper does not take a value'],
    ['--nonsense build', 'no such option: --nonsense'],
    ['constructor', 'no such verb: constructor'],
  ])('%s', (line, message) => {
    expect(calls(line)).toBe(message);
  });

  test('is told with status 2; help and version are answered', async () => {
    const run = (...argv: string[]) => runMain(['ukraft', ...argv], '/', {});
    expect(await run('buid')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^ukraft: no such verb/) as string,
    });
    expect(await run('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/list pull +Get components/) as string,
    });
    expect(await run()).toMatchObject({ status: 0 });
    expect(calls('build --help')).toBe('help');
    expect(calls('--version')).toBe('version');
  });
});

test('options without a counterpart are said', () => {
  const notes = (line: string) => {
    const translated = translate(line.split(' '));
    return translated.kind === 'calls' ? translated.notes : [];
  };
  expect(notes('run -b br0')).toEqual([expect.stringMatching(/qemu-guest/)]);
  expect(notes('run -d')).toEqual([expect.stringMatching(/symbols/)]);
  expect(notes('build -F')).toEqual([expect.stringMatching(/unigraph clean/)]);
  expect(notes('build')).toEqual([]);
});

test('calls run one after the other, in their folders, and the first that fails ends it', async () => {
  const ran = await runMain(['ukraft', 'configure', '-w', '/nonexistent', '-k'], '/', {
    HOME: '/nonexistent',
  });
  expect(ran.status).not.toBe(0);
  expect(ran.stderr).toMatch(/\/nonexistent/);
});
