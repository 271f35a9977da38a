import { describe, expect, test } from 'vitest';
import { scanSource } from '../../../engine/digest/source-scan.ts';
import { readDepfile } from '../../../engine/digest/depfile.ts';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

describe('a source', () => {
  test.each<[string, string, readonly string[]]>([
    ['an include of a header of the system', '#include <stdio.h>\n', ['<stdio.h']],
    ['one of a local header, with gaps', '  # /* c */ include \\\n "a/b.h" // x\n', ['"a/b.h']],
    ['include_next', '#include_next <wrapped.h>\n', ['+<wrapped.h']],
    [
      'a test',
      '#if __has_include(<maybe.h>) && __has_include_next("b.h")\n#endif\n',
      ['?<maybe.h', '?+"b.h'],
    ],
    ['bytes in assembler', '\t.incbin "blob.bin", 4\n', ['?"blob.bin']],
    ['bytes in assembler in C', 'asm(".incbin \\"/x/blob.bin\\"\\n");\n', ['?"/x/blob.bin']],
    ['no directive', 'char *s = "include <no.h>"; // .incbin blob\n', []],
  ])('names what %s names', (_what, text, includes) => {
    expect(scanSource(text).includes).toEqual(includes);
  });

  test('mentions symbols, and all of them where a name is put together', () => {
    expect(scanSource('#ifdef CONFIG_A\n/* CONFIG_B */\nxCONFIG_C CONFIG_A\n').symbols).toEqual([
      'CONFIG_A',
      'CONFIG_B',
    ]);
    expect(scanSource('#define on(x) CONFIG_ ## x\n').symbols).toContain('*');
  });
});

describe('a dependency file', () => {
  const read = (text: string): string[] => readDepfile(text, '/w');

  test('names prerequisites over several lines and of several rules, each once', () => {
    expect(read('a.o: a.c \\\n /s/b.h \\\r\n c.h\n\n/s/b.h:\nx.o: c.h d.h\n')).toEqual([
      '/w/a.c',
      '/s/b.h',
      '/w/c.h',
      '/w/d.h',
    ]);
  });

  test('has blanks, hashes, dollars and backslashes as the compiler writes them', () => {
    expect(read('a.o: a\\ b.c c\\#d.h e$$f.h g\\h.h i\\\\\\ j.h k\\\\l.h\n')).toEqual([
      '/w/a b.c',
      '/w/c#d.h',
      '/w/e$f.h',
      '/w/g\\h.h',
      '/w/i\\ j.h',
      '/w/k\\\\l.h',
    ]);
  });

  test('is followed through a link where `..` comes after it', () => {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(tmpdir(), 'unigraph-depfile-')));
    fs.mkdirSync(path.join(folder, 'far/inner'), { recursive: true });
    fs.symlinkSync('far/inner', path.join(folder, 'link'));
    fs.writeFileSync(path.join(folder, 'far/x.h'), '');
    expect(readDepfile(`a.o: ${folder}/link/../x.h ${folder}/far/inner/../x.h\n`, '/w')).toEqual([
      path.join(folder, 'far/x.h'),
    ]);
    fs.rmSync(folder, { recursive: true });
  });
});
