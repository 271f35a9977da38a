import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import yargs from 'yargs';
import { splitWords, workspaceFrom, workspaceOptions } from '../../cli/workspace-options.ts';
import { TreeFixture } from '../rules/workspace/tree-fixture.ts';

let tree: TreeFixture;
let stderr: PassThrough;

beforeEach(() => {
  tree = new TreeFixture();
  tree.core('u');
  for (const path of ['a', 'l1', 'l2', 'l3', 'p']) tree.component(path);
  stderr = new PassThrough();
});
afterEach(() => {
  tree.remove();
});

async function from(argv: string[], cwd = tree.root) {
  const args = await workspaceOptions(yargs(argv).exitProcess(false)).parseAsync();
  return workspaceFrom(
    args,
    { cwd, environment: { HOME: tree.path('home') }, stdout: new PassThrough(), stderr },
    args._,
  );
}

test('options and words name the same things; what is no part of the workspace comes back', async () => {
  const withOptions = await from(
    '--core u --app a --lib l1:l2 --lib l3 --plat p -o b --config c --name n objs'.split(' '),
  );
  const withWords = await from(
    'UK_ROOT=u A=a L=l1:l2:l3 P=p O=b C=c N=n V=1 CROSS_COMPILE=x- CFLAGS+=-g libfortune'.split(' '),
  );
  if (!withOptions.ok || !withWords.ok) throw new Error(JSON.stringify([withOptions, withWords]));
  const { variables, read, ...workspace } = withWords.value.workspace;
  expect({ ...withOptions.value.workspace, variables, read, folders: workspace.folders }).toEqual({
    ...workspace,
    variables,
    read,
  });
  expect(variables.filter(({ name }) => name !== 'UK_ROOT')).toEqual([
    { name: 'V', operator: '=', value: '1' },
    { name: 'CROSS_COMPILE', operator: '=', value: 'x-' },
    { name: 'CFLAGS', operator: '+=', value: '-g' },
  ]);
  expect([withOptions.value.words, withWords.value.words]).toEqual([['objs'], ['libfortune']]);
});

test('an option wins over a word; the last of a repeated one counts', async () => {
  const result = await from(['--core', 'u', 'A=nowhere', '--app', 'p', '--app', 'a']);
  expect(result.ok && result.value.workspace.app).toBe(tree.path('a'));
});

test('--directory is gone to first', async () => {
  const result = await from(['-C', 'a', '--core', '../u', 'O=out']);
  expect(result.ok && result.value.workspace.build).toBe(tree.path('a/out'));
});

test('an empty text is refused: an unset shell variable is the usual cause', async () => {
  expect(await from(['--core=', '--app', 'a'])).toMatchObject({
    error: { message: expect.stringMatching(/core was given as an empty text/) as string },
  });
});

test('notices go to the error stream', async () => {
  tree.file('a/kraft.yaml', "specification: '0.5'\nunikraft: { source: ../u }\nfuture: 1\n");
  await from([], tree.path('a'));
  expect(String(stderr.read())).toMatch(/note: .*kraft\.yaml:3:1: a manifest has no key 'future'/);
});

test('a word is an assignment only with a name before its sign', () => {
  expect(splitWords(['=x', 'a b=c', 'x:=1', 'lib/a.o', 'URL=http://h/?a=b'])).toEqual({
    variables: [
      { name: 'x', operator: ':=', value: '1' },
      { name: 'URL', operator: '=', value: 'http://h/?a=b' },
    ],
    rest: ['=x', 'a b=c', 'lib/a.o'],
  });
});
