import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { debugExit, ExampleRig, missing } from './example-rig.ts';

/** An application that uses what the other examples do not; each part adds a line to what it prints. */
const application: Readonly<Record<string, string>> = {
  'Config.uk': 'config APPMACROS_EXTRA\n\tbool "extra"\n\tdefault y\n',
  'Makefile.rules': `# A kind of source that the core does not know
define buildrule_words
$(4): $(2)
	$(call build_cmd,WORDS,$(1),$(4),sed 's/.*/char text_of_words[] = "&";/' $(2) > $(4).c && $(CC) -c $(4).c -o $(4))
$(call _add_object,$(1),$(2),$(4))
endef
`,
  'Makefile.uk': `$(eval $(call addlib,appmacros))
APPMACROS_SRCS-y += $(APPMACROS_BASE)/main.c
APPMACROS_SRCS-$(CONFIG_APPMACROS_EXTRA) += $(APPMACROS_BASE)/variants.c|small|large
APPMACROS_VARIANTS_SMALL_FLAGS-y += -DSIZE=1 -DFUNCTION=small
APPMACROS_VARIANTS_LARGE_FLAGS-y += -DSIZE=1000 -DFUNCTION=large
APPMACROS_SRCS-y += $(APPMACROS_BASE)/plain.s
APPMACROS_SRCS-y += $(APPMACROS_BASE)/table.awk>.c|made
APPMACROS_TABLE_AWKINCLUDES-y := $(APPMACROS_BASE)/table.in
APPMACROS_SRCS-y += $(APPMACROS_BASE)/object.words
APPMACROS_SRCS-y += $(APPMACROS_BASE)/nested.cpp
APPMACROS_NESTED_SUBBUILD := below
APPMACROS_COMPFLAGS-y += -DFROM_COMPFLAGS=3
APPMACROS_OBJS-y += $(APPMACROS_BUILD)/by_hand.o
APPMACROS_ALIBS-y += $(APPMACROS_BUILD)/archive.a
$(APPMACROS_BUILD)/by_hand.o: $(APPMACROS_BASE)/by_hand.c
	$(CC) -ffreestanding -fno-PIC -c $< -o $@
$(APPMACROS_BUILD)/archive.a: $(APPMACROS_BASE)/archived.c
	$(CC) -ffreestanding -fno-PIC -c $< -o $(@:.a=.member.o) && $(AR) rcs $@ $(@:.a=.member.o)

# Two sources of one name, each below a folder of its own
$(eval $(call addlib_tree,libtree))
LIBTREE_SRC := $(APPMACROS_BASE)/tree
LIBTREE_SRCS-y += $(LIBTREE_SRC)/left/part.c $(LIBTREE_SRC)/right/part.c

# Origins: a second address, another file name, a zip archive, a git repository
LIBTWO_ORIGIN_SHA512 := @SHA512@
$(eval $(call addlib,libtwo))
$(eval $(call fetch2,libtwo,file://$(APPMACROS_BASE)/gone/two.tar.xz,file://$(APPMACROS_BASE)/two.tar.xz))
LIBTWO_SRCS-y += $(LIBTWO_ORIGIN)/two/two.c
$(eval $(call addlib,libzipped))
$(eval $(call fetchas,libzipped,file://$(APPMACROS_BASE)/zipped,renamed.zip))
LIBZIPPED_SRCS-y += $(LIBZIPPED_ORIGIN)/zipped.c
$(eval $(call addlib,libcloned))
$(eval $(call clone,libcloned,file://$(APPMACROS_BASE)/repository,release))
LIBCLONED_SRCS-y += $(LIBCLONED_ORIGIN)/cloned.c

# The second library of a folder, in the words of older cores
$(eval $(call _import_lib,$(APPMACROS_BASE)/old))
`,
  'old/Makefile.uk': `$(eval $(call addlib_s,libold,y))
LIBOLD_SRCS-y += $(LIBOLD_BASE)/old.c
CINCLUDES-y += -I$(LIBOLD_BASE)
`,
  'old/old.c': 'int from_old(void) { return 11; }\n',
  'old/old.h': 'int from_old(void);\n',
  'main.c': `#include <stdio.h>
#include <old.h>
extern int small(void), large(void), from_assembler(void), from_awk(void), from_cpp(void);
extern int by_hand(void), archived(void), left(void), right(void), two(void), zipped(void), cloned(void);
extern char text_of_words[];
int main(void)
{
	printf("variants %d %d, assembler %d, awk %d, words %s\\n", small(), large(), from_assembler(), from_awk(), text_of_words);
	printf("c++ %d, compflags %d, object %d, archive %d\\n", from_cpp(), FROM_COMPFLAGS, by_hand(), archived());
	printf("tree %d %d, old %d, origins %d %d %d\\n", left(), right(), from_old(), two(), zipped(), cloned());
	return 0;
}
`,
  'variants.c': 'int FUNCTION(void) { return SIZE; }\n',
  'plain.s':
    '.text\n.globl from_assembler\nfrom_assembler:\n\tmovl $4, %eax\n\tret\n.section .note.GNU-stack,"",@progbits\n',
  'table.awk': '{ sum += $1 } END { print "int from_awk(void) { return " sum "; }" }\n',
  'table.in': '1\n2\n3\n',
  'object.words': 'taken as they are\n',
  'nested.cpp': 'extern "C" int from_cpp(void) { return 5; }\n',
  'by_hand.c': 'int by_hand(void) { return 6; }\n',
  'archived.c': 'int archived(void) { return 7; }\n',
  'tree/left/part.c': 'int left(void) { return 8; }\n',
  'tree/right/part.c': 'int right(void) { return 9; }\n',
};

const archives: Readonly<Record<string, readonly [name: string, source: string]>> = {
  two: ['two.c', 'int two(void) { return 12; }\n'],
  zipped: ['zipped.c', 'int zipped(void) { return 13; }\n'],
  repository: ['cloned.c', 'int cloned(void) { return 14; }\n'],
};

const extra = ['xz', 'zip', 'unzip', 'git'].find((program) => {
  try {
    execFileSync(program, [program === 'zip' || program === 'unzip' ? '-v' : '--version'], {
      stdio: 'ignore',
    });
    return false;
  } catch {
    return true;
  }
});
const absent = missing ?? extra;
const title = `the example core's macros${absent === undefined ? '' : `: ${absent} is not installed`}`;

describe.skipIf(absent !== undefined)(title, () => {
  let rig: ExampleRig;
  let app: string;
  const put = (file: string, text: string): void => {
    mkdirSync(dirname(join(app, file)), { recursive: true });
    writeFileSync(join(app, file), text);
  };

  beforeAll(() => {
    rig = new ExampleRig();
    app = rig.path('apps/macros');
    for (const [file, text] of Object.entries(application)) put(file, text);
    for (const [folder, [name, source]] of Object.entries(archives)) put(join(folder, name), source);

    execFileSync('tar', ['-C', app, '-cJf', join(app, 'two.tar.xz'), 'two']);
    const sum = execFileSync('sha512sum', [join(app, 'two.tar.xz')])
      .toString()
      .split(' ')[0]!;
    put('Makefile.uk', application['Makefile.uk']!.replace('@SHA512@', sum));
    // A file called as the folder was, since the address has no extension
    execFileSync('zip', ['-qj', join(app, 'z.zip'), join(app, 'zipped/zipped.c')]);
    execFileSync('sh', ['-c', 'rm -r zipped && mv z.zip zipped'], { cwd: app });
    const git = (...args: string[]): Buffer =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        cwd: join(app, 'repository'),
      });
    git('init', '-q', '-b', 'release');
    git('add', '.');
    git('commit', '-qm', 'one');

    mkdirSync(rig.path('build'));
    const config = rig.path('apps/helloworld/config.kvm-x86_64');
    writeFileSync(
      rig.build('macros.config'),
      readFileSync(config, 'utf8').replace('"helloworld"', '"macros"') + 'CONFIG_APPMACROS_EXTRA=y\n',
    );
  });
  afterAll(() => rig.remove());

  test('build every kind of source, origin and library', async () => {
    const built = await rig.make('macros', 'macros', '-j2');
    expect(built.status, built.output).toBe(0);
    const { status, output } = await rig.bootForStatus(join(rig.build('macros'), 'macros_qemu-x86_64'));
    expect(output).toContain('variants 1 1000, assembler 4, awk 6, words taken as they are\n');
    expect(output).toContain('c++ 5, compflags 3, object 6, archive 7\n');
    expect(output).toContain('tree 8 9, old 11, origins 12 13 14\n');
    expect(status).toBe(debugExit(0));
    for (const object of [
      'appmacros/variants.small.o',
      'appmacros/variants.large.o',
      'appmacros/table.made.c',
      'appmacros/table.made.made.o',
      'appmacros/below/nested.o',
      'libtree/build/left/part.o',
      'libtree/build/right/part.o',
      'libzipped/renamed.zip',
    ]) {
      expect(existsSync(join(rig.build('macros'), object)), object).toBe(true);
    }
    const again = await rig.make('macros', 'macros', '-j2');
    expect(again.output).not.toMatch(/^ {2}(?:CC|AS|CXX|AWK|LD|WORDS|WGET|UNTAR|UNZIP|GIT) /m);
  });

  test('take a platform from outside in place of one that is excluded', async () => {
    const platform = rig.path('platform');
    cpSync(rig.path('core/plat/kvm'), platform, { recursive: true });
    writeFileSync(
      join(platform, 'shutdown.c'),
      readFileSync(join(platform, 'shutdown.c'), 'utf8').replace('127 : status', '127 : 2 * status'),
    );
    writeFileSync(rig.build('outside.config'), readFileSync(rig.path('apps/helloworld/config.kvm-x86_64')));
    const outside = [`P=${platform}`, `E=${rig.path('core/plat/kvm')}`, '-j2'];
    const built = await rig.make('helloworld', 'outside', ...outside);
    expect(built.status, built.output).toBe(0);
    const image = join(rig.build('outside'), 'helloworld_qemu-x86_64');
    expect((await rig.bootForStatus(image, '--exit 4')).status).toBe(debugExit(8));
  });

  test.each([
    ['an application that is not there', ['A=/no/such/folder'], 'A=/no/such/folder does not exist'],
    ['a relative path', ['A=apps/fortune'], 'A=apps/fortune is not an absolute path'],
    ['a library that is not there', ['L=/no/such/library'], 'L=/no/such/library does not exist'],
    ['no configuration', ['C=/usr/no-such.config'], 'There is no configuration /usr/no-such.config'],
  ])('explain %s', async (_, args, message) => {
    const { status, output } = await rig.make('', 'wrong', ...args);
    expect(status).not.toBe(0);
    expect(output).toContain(message);
  });

  test('name the library and the file when nothing can build a source', async () => {
    writeFileSync(rig.build('odd.config'), readFileSync(rig.build('macros.config')));
    const makefile = readFileSync(join(app, 'Makefile.uk'), 'utf8');
    put('Makefile.uk', `${makefile}APPMACROS_SRCS-y += $(APPMACROS_BASE)/main.unknown\n`);
    const { status, output } = await rig.make('macros', 'odd');
    put('Makefile.uk', makefile);
    expect(status).not.toBe(0);
    expect(output).toContain(`appmacros: nothing knows how to build ${app}/main.unknown`);
  });
});
