import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledProgram } from '../support/program.ts';
import { TreeFixture } from '../rules/workspace/tree-fixture.ts';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

let tree: TreeFixture;
let environment: Record<string, string>;
const scripts: Record<string, string> = {};

beforeAll(async () => {
  const program = await bundledProgram();
  tree = new TreeFixture();
  environment = {
    PATH: `${tree.path('bin')}:${process.env['PATH']}`,
    HOME: tree.path('home'),
    XDG_STATE_HOME: tree.path('state'),
  };
  tree.file('bin/unigraph', `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(tree.path('bin/unigraph'), 0o755);
  for (const shell of ['bash', 'zsh', 'fish']) {
    const script = execFileSync('unigraph', ['completion', shell], { env: environment, encoding: 'utf8' });
    scripts[shell] = tree.file(`script.${shell}`, script);
  }
  // A project: a manifest with targets and libraries, a configuration, a build folder; libraries on this machine.
  tree.component('app');
  tree.file(
    'app/kraft.yaml',
    "specification: '0.5'\nunikraft: stable\nlibraries: { musl: stable, lwip: stable }\ntargets:\n  - { name: fast, platform: kvm, architecture: x86_64 }\n  - xen/arm64\n",
  );
  tree.file('app/.config', 'CONFIG_LIBUKDEBUG=y\n# CONFIG_LIBUKALLOC is not set\nCONFIG_UK_NAME="x"\n');
  for (const name of ['libfortune', 'libukboot', 'include', 'kconfig', '.unigraph'])
    mkdirSync(tree.path('app/build', name), { recursive: true });
  tree.component('home/.unikraft/libs/musl');
  tree.component('home/.unikraft/apps/nginx');
  tree.file('home/.unikraft/unigraph.json', JSON.stringify({ origins: ['https://github.com/me/lib-*'] }));
});
afterAll(() => {
  tree.remove();
});

/** Lines, whose last word is completed, and what is offered. */
const cases: readonly (readonly [string, readonly string[]])[] = [
  ['unigraph bui', ['build']],
  ['unigraph list p', ['pull']],
  ['unigraph lib ', ['add', 'bump', 'init', 'remove']],
  ['unigraph build --tar', ['--target']],
  ['unigraph list pull --in', ['--into']],
  ['unigraph lib init --no-', ['--no-prompt']],
  ['unigraph build libf', ['libfortune']],
  ['unigraph build --target ', ['fast', 'xen/arm64']],
  ['unigraph run --accel ', ['auto', 'kvm', 'tcg']],
  ['unigraph run --accel=t', ['tcg']],
  ['unigraph list show ', ['app/nginx', 'musl']],
  ['unigraph lib add ', ['musl']],
  ['unigraph lib remove ', ['lwip', 'musl']],
  ['unigraph list remove ', ['https://github.com/me/lib-*']],
  ['unigraph config get LIBUK', ['LIBUKALLOC', 'LIBUKDEBUG']],
  ['unigraph completion ', ['bash', 'fish', 'zsh']],
];
const lines = cases.map(([line]) => line);
/** A line as the words of an array; the word that is completed may be empty. */
const array = (line: string) => `(${line.replace(/ $/, ' ""')})`;

/** For each shell, a program that prints what is offered for each of the lines, with a line of = behind. */
const programs: Readonly<Record<string, () => string>> = {
  bash: () =>
    `source ${scripts['bash']}\n` +
    lines
      // bash sees '--option=value' as three words.
      .map((line) => array(line.replace('=', ' = ')))
      .map(
        (words) =>
          `COMP_WORDS=${words}; COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _unigraph; printf '%s\\n' "\${COMPREPLY[@]}" =====`,
      )
      .join('\n'),
  fish: () =>
    `source ${scripts['fish']}\n${lines.map((line) => `complete -C '${line}' | string replace -r '\\t.*' '' | string replace -- --accel= ''; echo =====`).join('\n')}`,
  // zsh completes only at a prompt: its own functions are replaced by some that print what they are given.
  zsh: () => `compdef() { }
_describe() { local each; for each in "\${(@P)2}"; do each=\${each//\\\\:/@}; each=\${each%%:*}; each=\${each//@/:}; [[ $each == $word* ]] && print -r -- $each; done; true; }
compadd() { local each; for each in "\${(@P)2}"; do [[ $each == $word* ]] && print -r -- $each; done; true; }
compset() { word=\${word#*=}; }
_files() { print -r -- FILES $1; }
source ${scripts['zsh']}
complete_one() { local -a words; words=("$@"); local CURRENT=\${#words} word=\${words[-1]}; _unigraph; print '====='; }
${lines.map((line) => `complete_one ${line.replace(/ $/, ' ""')}`).join('\n')}`,
};

test.each(['bash', 'zsh', 'fish'])('%s offers commands, options, values and names', (shell) => {
  if (!has(shell)) return;
  const result = spawnSync(shell, ['-c', programs[shell]!()], {
    cwd: tree.path('app'),
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(result.stderr).toBe('');
  const offered = result.stdout.split(/^=====\n/m).map((text) => text.split('\n').filter(Boolean).sort());
  expect(lines.map((line, index) => [line, offered[index]])).toEqual(
    cases.map(([line, names]) => [line, names]),
  );
});

test('names that a shell or terminal would take for something else are not offered', () => {
  tree.file('evil/Makefile.uk', '');
  tree.file('evil/kraft.yaml', "specification: '0.5'\nunikraft: stable\n");
  mkdirSync(tree.path('evil/build/$(touch hacked)'), { recursive: true });
  mkdirSync(tree.path('evil/build/fine'));
  writeFileSync(tree.path('evil/.config'), 'CONFIG_A=y\n');
  const names = execFileSync('unigraph', ['completion', '--names', 'goals'], {
    cwd: tree.path('evil'),
    env: environment,
    encoding: 'utf8',
  });
  expect(names.split('\n')).toContain('fine');
  expect(names).not.toContain('touch');
});

test('an unknown shell is refused; $SHELL counts where none is named', () => {
  const attempt = (args: string[], shell: string) =>
    spawnSync('unigraph', ['completion', ...args], {
      env: { ...environment, SHELL: shell },
      encoding: 'utf8',
    });
  expect(attempt(['tcsh'], '').status).toBe(2);
  expect(attempt([], '/bin/dash').stderr).toMatch(/which shell is not known/);
  expect(attempt([], '/usr/bin/fish').stdout).toMatch(/^# Completion of unigraph for fish/);
});
