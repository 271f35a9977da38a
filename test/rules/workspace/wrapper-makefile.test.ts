import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveWorkspace } from '../../../rules/workspace/resolve.ts';
import { readWrapper } from '../../../rules/workspace/wrapper-makefile.ts';
import { TreeFixture } from './tree-fixture.ts';

let tree: TreeFixture;
beforeEach(() => {
  tree = new TreeFixture();
  tree.core('w/unikraft');
  tree.component('w/libs/lib-musl');
  tree.component('w/libs/lib-lwip');
  tree.component('w/apps/a');
});
afterEach(() => {
  tree.remove();
});

const usual = `UK_ROOT ?= $(PWD)/../../unikraft
UK_LIBS ?= $(PWD)/../../libs
LIBS := $(UK_LIBS)/lib-musl:\\
	$(UK_LIBS)/lib-lwip   # in this order

all:
	@$(MAKE) -C $(UK_ROOT) A=$(PWD) L=$(LIBS)

$(MAKECMDGOALS):
	@$(MAKE) -C $(UK_ROOT) A=$(PWD) L=$(LIBS) $(MAKECMDGOALS)
`;
const read = (text: string, environment = {}) => {
  tree.file('w/apps/a/Makefile', text);
  return readWrapper(tree.path('w/apps/a'), environment);
};

test("an application's Makefile tells core and libraries, in order", async () => {
  // The continuation leaves a blank, which make would pass on as a second word: one list for both is what is meant.
  tree.file('w/apps/a/Makefile', usual.replace(':\\\n\t', ':'));
  const workspace = await resolveWorkspace({}, tree.path('w/apps/a'), { HOME: tree.path('home') });
  expect(workspace.ok && [workspace.value.core, ...workspace.value.libraries]).toEqual(
    ['w/unikraft', 'w/libs/lib-musl', 'w/libs/lib-lwip'].map((path) => tree.path(path)),
  );
});

test('the environment wins over ?=, and only over that', () => {
  const environment = { UK_ROOT: '/env/core', LIBS: '/env/libs' };
  const wrapper = read(usual.replace(':\\\n\t', ':'), environment);
  expect(wrapper?.core).toBe('/env/core');
  expect(wrapper?.libraries).toEqual([tree.path('w/libs/lib-musl'), tree.path('w/libs/lib-lwip')]);
});

test('options win: L= is the whole list, --lib takes the place of one of the same name', async () => {
  tree.file('w/apps/a/Makefile', usual.replace(':\\\n\t', ':'));
  tree.component('dev/lib-lwip');
  const libraries = async (options: object) => {
    const workspace = await resolveWorkspace(options, tree.path('w/apps/a'), { HOME: tree.path('home') });
    return workspace.ok && workspace.value.libraries;
  };
  expect(await libraries({ libraries: [] })).toEqual([]);
  expect(await libraries({ moreLibraries: [tree.path('dev/lib-lwip')] })).toEqual([
    tree.path('w/libs/lib-musl'),
    tree.path('dev/lib-lwip'),
  ]);
});

test('a library that it names and that is not there is an error that says who names it', async () => {
  tree.file(
    'w/apps/a/Makefile',
    '\nall:\n\t$(MAKE) -C $(PWD)/../../unikraft A=$(PWD) L=$(PWD)/../../libs/lib-none\n',
  );
  const workspace = await resolveWorkspace({}, tree.path('w/apps/a'), { HOME: tree.path('home') });
  expect(!workspace.ok && [workspace.error.message, workspace.error.hint]).toEqual([
    expect.stringMatching(/no library at .*lib-none/),
    expect.stringMatching(/apps\/a\/Makefile names it/),
  ]);
});

test.each([
  ['all:\n\techo hello\n'],
  ['all:\n\t$(MAKE) -C src\n'],
  ['all:\n\t$(MAKE) -C $(shell pwd)/x A=$(PWD)\n'],
  ['A1 = $(A1)\nall:\n\t$(MAKE) -C $(A1) A=$(PWD)\n'],
  ['all:\n\t$(MAKE) -C /core A=$(PWD) L=$(addprefix x,y)\n'],
  [`${'X = $(X)$(X)\n'.repeat(3)}all:\n\t$(MAKE) -C $(X) A=$(PWD)\n`],
])('%j says nothing', (text) => {
  expect(read(text)).toBeUndefined();
});
