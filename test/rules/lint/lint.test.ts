import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesIn, workspaceIn } from '../variables/small-workspace.ts';
import {
  exampleConfig,
  exampleCore,
  lintLibrary,
  lintWorkspace,
  places,
  type LibraryFiles,
} from './library-tree.ts';

const found = (library: LibraryFiles): string[] => places(lintLibrary(library).findings);
const hints = (library: LibraryFiles): string[] => lintLibrary(library).findings.map(({ hint }) => hint);

test('a library in order has no findings, whatever is switched off', () => {
  const more = [
    'LIBX_CFLAGS-y += -Wall',
    'LIBX_CINCLUDES-y += -I$(LIBX_BASE)/include',
    'LIBX_CXXINCLUDES-y += -I$(LIBX_BASE)/include',
    'CINCLUDES-$(CONFIG_LIBX) += -I$(LIBX_BASE)/include',
    'LIBX_X_FLAGS-y += -DX',
    'LIBX_SRCS-$(CONFIG_LIBX_MORE) += $(LIBX_BASE)/more.c|isr',
    'LIBX_MORE_ISR_FLAGS-y += -DMORE',
    'LIBX_SRCS-$(CONFIG_LIBELSEWHERE) += $(LIBX_BASE)/elsewhere.c',
    'LIBX_ORIGIN_SHA256 := 00',
    'export LIBX_FOR_PROGRAMS := 1',
  ].join('\n');
  expect(found({ more, files: { 'include/x.h': '' } })).toEqual([]);
});

test('variables that nothing reads are told with the ones that were meant', () => {
  const mistakes = [
    ['LIBNGINX_CINCLUDES-y += -DX', 'LIBX_CINCLUDES-y'],
    ['LIBXSRCS-y += $(LIBX_BASE)/y.c', 'LIBX_SRCS-y'],
    ['LIBX_CFLGAS-$(CONFIG_LIBX_MORE) += -DX', 'LIBX_CFLAGS-y'],
    ['LIBX_SRC-y += y.c', 'LIBX_SRCS-y'],
    ['APPB_CFLAGS-y += -DX', 'APPA_CFLAGS-y'],
    ['CINLCUDES-$(CONFIG_LIBX) += -DX', 'CINCLUDES-y'],
  ] as const;
  const { findings } = lintLibrary({ more: mistakes.map(([line]) => `${line}\n`).join('') });
  expect(findings).toMatchObject(
    mistakes.map(([, meant], index) => ({
      rule: 'unread-variable',
      library: 'libx',
      location: { line: 3 + index, column: 1 },
      hint: `Did you mean '${meant}'?`,
    })),
  );
});

test('a variable of the makefile itself that another variable takes up is read', () => {
  const more = [
    'LIBX_COMMON-y = -DX',
    'LIBX_CFLAGS-y += $(LIBX_COMMON-y)',
    'LIBX_UNCOMMON-y = -DX',
    // Read only by a makefile that this configuration does not include.
    'LIBX_RARE-y = -DX',
    'ifeq ($(CONFIG_LIBX_MORE),y)',
    'include $(LIBX_BASE)/Makefile.uk.more',
    'endif',
  ].join('\n');
  const files = { 'Makefile.uk.more': 'LIBX_CFLAGS-y += $(LIBX_RARE-y)\n' };
  expect(found({ more, files })).toEqual(['unread-variable 5:1']);
});

test('C++ flags need a C++ source', () => {
  const more = 'LIBX_CXXFLAGS-y += -fno-rtti\n';
  expect(found({ more })).toEqual(['unreached-flags 3:20']);
  expect(found({ more: `${more}LIBX_SRCS-y += $(LIBX_BASE)/y.cc\n`, files: { 'y.cc': '' } })).toEqual([]);
});

test('flags of a file need the file', () => {
  const { findings } = lintLibrary({
    more: 'LIBX_SRCS-y += $(LIBX_BASE)/long_name.c\nLIBX_LONG_NAM_FLAGS-y += -DX\n',
    files: { 'long_name.c': '' },
  });
  expect(places(findings)).toEqual(['unreached-flags 4:1']);
  expect(findings[0]!.hint).toBe("Did you mean 'LIBX_LONG_NAME_FLAGS-y'?");
});

test('a folder of patches wants a call of patch', () => {
  const more = 'LIBX_PATCHDIR := $(LIBX_BASE)/patches\n';
  const files = { 'patches/1.patch': '' };
  expect(found({ more, files })).toEqual(['unapplied-patches 3:1']);
  const patched = `${more}$(eval $(call patch,libx,$(LIBX_PATCHDIR),x))\n`;
  expect(found({ more: patched, files })).toEqual([]);
  expect(found({ more: patched })).toEqual(['missing-folder 3:1']);
});

test('folders of headers must exist, on continued lines and through other variables too', () => {
  const more = [
    'LIBX_COMMON-y += -I$(LIBX_BASE)/inclde \\',
    '  -I$(LIBX_BASE)/include',
    'LIBX_CINCLUDES-y += $(LIBX_COMMON-y) -isystem $(LIBX_BASE)/system',
    'CINCLUDES-$(CONFIG_LIBX) += -Irelative',
  ].join('\n');
  const { findings, folder } = lintLibrary({ more, files: { 'include/x.h': '' } });
  expect(places(findings)).toEqual(['missing-folder 3:18', 'missing-folder 5:47', 'missing-folder 6:29']);
  expect(findings[0]!.message).toContain(`${folder}/inclde`);
  expect(findings[2]!.hint).toContain('$(LIBX_BASE)/relative');
});

test('what lies in an origin is missing only once the origin is there', () => {
  const more = [
    '$(eval $(call fetch,libx,https://example.org/x-1.tar.gz))',
    'LIBX_SRCS-y += $(LIBX_ORIGIN)/x-1/y.c',
    'LIBX_CINCLUDES-y += -I$(LIBX_ORIGIN)/x-1/include',
  ].join('\n');
  expect(found({ more })).toEqual([]);
  const files = { '../build/libx/.origin': '', '../build/libx/origin/x-1/z.c': '' };
  expect(found({ more, files })).toEqual(['missing-source 4:16', 'missing-folder 5:21']);
});

test('a source must exist or be made', () => {
  const { findings } = lintLibrary({
    more: 'LIBX_SRCS-y += $(LIBX_BASE)/helpr.c $(LIBX_BUILD)/made.c lonely.c\n$(LIBX_BUILD)/made.c:\n\ttouch $@\n',
    files: { 'helper.c': '' },
  });
  expect(places(findings)).toEqual(['missing-source 3:16', 'missing-source 3:58']);
  expect(findings.map(({ hint }) => hint)).toEqual([
    "Did you mean 'helper.c'?",
    'It is looked for in the build folder; write $(LIBX_BASE)/lonely.c.',
  ]);
});

test('a source that is listed twice is told, and two sources with one object', () => {
  const more =
    'LIBX_SRCS-y += $(LIBX_BASE)/x.c\nLIBX_SRCS-y += $(LIBX_BASE)/sub/x.c $(LIBX_BASE)/sub/x.c|sub\n';
  const { findings } = lintLibrary({ more, files: { 'sub/x.c': '' } });
  expect(places(findings)).toEqual(['repeated-source 3:16', 'repeated-source 4:16']);
  expect(findings[0]!.message).toContain('Makefile.uk:2:16');
  expect(findings[1]!.message).toContain('(libx/x.o)');
});

test('global headers without a condition are told gently, in the application too', () => {
  const include = 'CINCLUDES-y += -I$(LIBX_BASE)/include\n';
  const files = { 'include/x.h': '' };
  expect(hints({ more: include, files })).toEqual([
    'If only libx needs them, write LIBX_CINCLUDES-y; to export them, as a libc does, CINCLUDES-$(CONFIG_LIBX).',
  ]);
  expect(found({ more: `ifeq ($(CONFIG_LIBX),y)\n${include}endif\n`, files })).toEqual([]);
  const app = '$(eval $(call addlib,appa))\nCINCLUDES-y += -I$(APPA_BASE)\n';
  expect(found({ files: { '../app/Makefile.uk': app } })).toEqual(['global-include 2:1']);
});

test('an option that no Config.uk defines is told, with the one that was meant', () => {
  const more =
    '$(eval $(call addlib_s,libx_two,$(CONFIG_LIBXX_TWO)))\nLIBX_SRCS-$(CONFIG_LIBX_MOER) += $(LIBX_BASE)/x.c\n';
  expect(lintLibrary({ more }).findings).toMatchObject([
    {
      rule: 'unknown-option',
      location: { line: 3 },
      message: expect.stringContaining('libx_two is never') as string,
    },
    {
      rule: 'unknown-option',
      location: { line: 4, column: 1 },
      hint: expect.stringContaining('CONFIG_LIBX_MORE') as string,
    },
  ]);
  expect(found({ more: 'CONFIG_LIBX_OWN := y\nLIBX_CFLAGS-$(CONFIG_LIBX_OWN) += -DX\n' })).toEqual([]);
});

test.skipIf(spawnSync('gcc', ['--version']).status !== 0)(
  'exported symbols are those of the built library',
  () => {
    const source = 'int x_get(void) { return 0; }\nint x_other;\n#define X_MAYBE x_maybe\n';
    const files = { 'exportsyms.uk': '# all\nx_get\nx_gte # misspelled\nx_maybe\n', 'x.c': source };
    const object = join(filesIn({}), 'x.o');
    const compiled = spawnSync('gcc', ['-c', '-x', 'c', '-', '-o', object], { input: source });
    expect(compiled.status, compiled.stderr.toString()).toBe(0);
    const { findings } = lintLibrary({ files: { ...files, '../build/libx.ld.o': readFileSync(object) } });
    expect(findings).toMatchObject([
      { rule: 'unknown-export', location: { line: 3, column: 1 }, hint: "Did you mean 'x_get'?" },
    ]);
    // Not built yet: nothing to compare with.
    expect(found({ files })).toEqual([]);
  },
);

test('rules can be left out, and libraries chosen', () => {
  const more = 'LIBX_CFLGAS-y += -DX\nCINCLUDES-y += -DX\n';
  expect(places(lintLibrary({ more }, { disabled: new Set(['global-include']) }).findings)).toEqual([
    'unread-variable 3:1',
  ]);
  expect(lintLibrary({ more }, { libraries: ['appa'] }).findings).toEqual([]);
  expect(() => lintLibrary({ more }, { libraries: ['libxx'] })).toThrow("Did you mean 'libx'?");
});

test('an application that holds the build folder and the core does not answer for them', () => {
  const app = filesIn({
    'Makefile.uk': '$(eval $(call addlib,appa))\nAPPA_SRCS-y += $(APPA_BASE)/main.c\n',
    'main.c': '',
    config: exampleConfig,
  });
  cpSync(exampleCore, join(app, 'core'), { recursive: true });
  const workspace = workspaceIn(app, { core: join(app, 'core'), app, build: join(app, 'build') });
  expect(lintWorkspace(workspace).findings).toEqual([]);
});

test('every library of the example core is in order', () => {
  expect(lintLibrary({}, { all: true }).findings).toEqual([]);
});

test('every rule is described in the manual page', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/lint.md'), 'utf8');
  const finding = readFileSync(join(import.meta.dirname, '../../../rules/lint/finding.ts'), 'utf8');
  const rules = [...finding.matchAll(/^ {2}'([a-z-]+)':/gm)].map(([, name]) => name!);
  expect(rules.length).toBeGreaterThanOrEqual(9);
  for (const rule of rules) expect(page).toContain(`\`${rule}\``);
});
