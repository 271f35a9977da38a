import { expect, test } from 'vitest';
import type { Step } from '../../../engine/graph/action.ts';
import { EnvironmentFilter } from '../../../rules/lowering/environment.ts';
import type { RuleName } from '../../../rules/lowering/rule-names.ts';

const own = { PATH: '/usr/bin', HOME: '/home/me' };
/** What make would pass: the caller's environment and what the makefiles export. */
const passed = { ...own, UK_FULLVERSION: '1.0-custom', CPATH: '/headers', MAKELEVEL: '1' };
const shell = (text: string): Step => ({ kind: 'shell', text, shell: ['/bin/sh', '-c'] });

test.each<[string, RuleName, Step, string[]]>([
  ['a compiler', 'Compile', shell('gcc -c a.c'), ['CPATH']],
  ['cp', 'Custom', shell('cp a b'), ['CPATH']],
  ['cp with a variable', 'Custom', shell('cp a "$UK_FULLVERSION"'), ['CPATH', 'PATH', 'UK_FULLVERSION']],
  ['an unknown program', 'Generate', shell('awk -f a.awk'), ['CPATH', 'PATH', 'UK_FULLVERSION']],
  ['unpacking', 'Unpack', { kind: 'native', performer: 'unpack', argument: '{}' }, ['CPATH']],
  [
    'configuring',
    'Configure',
    { kind: 'native', performer: 'configure', argument: '{}' },
    ['CPATH', 'UK_FULLVERSION'],
  ],
])('what counts of the environment: %s', (_, rule, step, names) => {
  const kept = Object.keys(new EnvironmentFilter(own).forRule(rule, passed, [step]));
  expect(kept.filter((name) => name !== 'PATH' || names.includes('PATH'))).toEqual(names);
});
