import { expect, test } from 'vitest';
import type { EvaluationRecord } from '../../../rules/evaluation/evaluation-record.ts';
import { EvaluationInputs } from '../../../rules/watch/evaluation-inputs.ts';

const shell = { cwd: '/c', argv: ['sh'], stdout: '', status: 0 };
const record: EvaluationRecord = {
  contents: [
    ['/c/Makefile', '1'],
    ['/c/./lib/../Makefile.uk', '2'],
  ],
  listings: [{ path: '/c/lib/.', digest: '3', ignored: [] }],
  seen: [
    ['/c/main.c', 'file'],
    ['/c/missing.uk', 'missing'],
  ],
  realpaths: [['/c/link', '/d']],
  shells: [
    { ...shell, command: 'gcc --version', trust: { kind: 'files', files: ['/usr/bin/gcc'] } },
    { ...shell, command: 'mystery', trust: { kind: 'unknown' } },
  ],
  programs: [{ program: 'ld', path: '/opt/bin:/usr/bin:/bin', file: '/usr/bin/ld' }],
  written: [['/b/list', '4']],
  folders: [],
  variables: [['CFLAGS', 'x']],
  influential: [],
  undefinedNames: ['Q'],
  umask: 18,
} as unknown as EvaluationRecord;
const inputs = new EvaluationInputs(record);

test('names every path that the evaluation rests on, normalised, and where a program could come in front', () => {
  expect([...inputs.paths()].sort()).toEqual(
    [
      ...['/c/Makefile', '/c/Makefile.uk', '/c/lib', '/c/main.c', '/c/missing.uk', '/c/link', '/b/list'],
      ...['/usr/bin/gcc', '/opt/bin/ld', '/usr/bin/ld'],
    ].sort(),
  );
});

test('has nothing to check for a path that the makefiles never looked at', () => {
  expect(inputs.affectedBy(new Set(['/c/other.c']), false)).toBeUndefined();
});

test('picks of the record what rests on the changed paths, and keeps what rests on none', () => {
  const part = inputs.affectedBy(new Set(['/c/Makefile.uk', '/c/missing.uk', '/opt/bin/ld']), false)!;
  expect(part.contents).toEqual([['/c/./lib/../Makefile.uk', '2']]);
  expect(part.seen).toEqual([['/c/missing.uk', 'missing']]);
  expect(part.programs).toHaveLength(1);
  expect([part.listings, part.realpaths, part.written, part.shells]).toEqual([[], [], [], []]);
  expect(part.variables).toEqual(record.variables);
});

test('runs commands of which nothing is known again only when that is asked for', () => {
  expect(inputs.affectedBy(new Set(['/c/other.c']), true)!.shells.map(({ command }) => command)).toEqual([
    'mystery',
  ]);
  expect(inputs.affectedBy(new Set(['/usr/bin/gcc']), true)!.shells).toHaveLength(2);
});
