import {
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
  readdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ManifestEditor } from '../../../rules/manifest/edit.ts';
import { readManifest } from '../../../rules/manifest/read.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edit-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function edited(text: string, change: (editor: ManifestEditor) => void): string {
  const file = join(folder, 'kraft.yaml');
  writeFileSync(file, text);
  const editor = ManifestEditor.open(file);
  if (!editor.ok) throw new Error(editor.error.message);
  change(editor.value);
  expect(editor.value.save().ok).toBe(true);
  return readFileSync(file, 'utf8');
}

const written = `# my project

specification: '0.5'   # do not touch
name:   app-fortune


unikraft: staging # the branch to follow
targets:
  - {architecture: x86_64, platform: kvm}
libraries:
  # the C library
  musl: staging   # follow
  fortune:
    version: 0.10   # ten
    source: ./lib-fortune
    kconfig:
      - CONFIG_LIBFORTUNE_BOOT=y # on

# the end
`;

describe('only what is changed changes', () => {
  test.each<[string, (editor: ManifestEditor) => void, string, string]>([
    [
      'a library is added at the end',
      (e) => e.setLibrary('lwip', 'stable'),
      '# on\n',
      '# on\n  lwip: stable\n',
    ],
    ['a library without a version', (e) => e.setLibrary('lwip', undefined), '# on\n', '# on\n  lwip:\n'],
    [
      'a library with a source',
      (e) => e.setLibrary('lwip', 'stable', 'https://example.org/x'),
      '# on\n',
      '# on\n  lwip:\n    version: stable\n    source: https://example.org/x\n',
    ],
    ['a version in the short form', (e) => e.setLibrary('musl', 'stable'), 'musl: staging ', 'musl: stable '],
    ['a version in a map', (e) => e.setLibrary('fortune', '0.11.1'), '0.10 ', '0.11.1 '],
    [
      'a version that looks like a number',
      (e) => e.setLibrary('musl', '0.20'),
      'musl: staging',
      "musl: '0.20'",
    ],
    ['the same version', (e) => e.setLibrary('musl', 'staging'), '', ''],
    ["the core's version", (e) => e.setCore('0.16.3'), 'unikraft: staging', 'unikraft: 0.16.3'],
    [
      'a source for a library in the short form',
      (e) => e.setLibrary('musl', 'staging', '../musl'),
      '  musl: staging   # follow\n',
      '  musl:\n    version: staging   # follow\n    source: ../musl\n',
    ],
    ['an option in a list', (e) => e.setKconfig('fortune', 'LIBFORTUNE_BOOT', 'n'), 'BOOT=y', 'BOOT=n'],
    [
      'another option in a list',
      (e) => e.setKconfig('fortune', 'CONFIG_LIBFORTUNE_X', 'a b'),
      '# on\n',
      "# on\n      - 'CONFIG_LIBFORTUNE_X=a b'\n",
    ],
    [
      'the first option',
      (e) => e.setKconfig(undefined, 'LIBUKDEBUG', 'y'),
      'unikraft: staging # the branch to follow\n',
      'unikraft:\n  version: staging # the branch to follow\n  kconfig:\n    CONFIG_LIBUKDEBUG: y\n',
    ],
    ['a library is removed', (e) => void e.removeLibrary('musl'), '  musl: staging   # follow\n', ''],
    [
      'the last library is removed; a comment in a line of its own stays',
      (e) => void e.removeLibrary('fortune'),
      '  fortune:\n    version: 0.10   # ten\n    source: ./lib-fortune\n    kconfig:\n      - CONFIG_LIBFORTUNE_BOOT=y # on\n',
      '',
    ],
  ])('%s', (_what, change, before, after) => {
    expect(written).toContain(before);
    expect(edited(written, change)).toBe(written.replace(before, after));
  });

  test.each<[string, string, (editor: ManifestEditor) => void, string]>([
    [
      'a map in braces',
      'libraries: { musl: stable } # x\n',
      (e) => e.setLibrary('a', '1.2.3'),
      'libraries: { musl: stable, a: 1.2.3 } # x\n',
    ],
    [
      'tight braces',
      'libraries: {musl: stable}\n',
      (e) => e.setLibrary('a', 'b'),
      'libraries: {musl: stable, a: b}\n',
    ],
    ['empty braces', 'libraries: {}\n', (e) => e.setLibrary('a', 'b'), 'libraries: {a: b}\n'],
    [
      'out of braces, the first',
      'libraries: {a: 1.0.0, b: 2.0.0}\n',
      (e) => void e.removeLibrary('a'),
      'libraries: {b: 2.0.0}\n',
    ],
    [
      'out of braces, the last',
      'libraries: {a: 1.0.0, b: 2.0.0}\n',
      (e) => void e.removeLibrary('b'),
      'libraries: {a: 1.0.0}\n',
    ],
    [
      'a list of maps, whose keys are indented twice',
      'name: x\ntargets:\n  - architecture: x86_64\n    platform: kvm\n',
      (e) => e.setLibrary('a', 'b'),
      'name: x\ntargets:\n  - architecture: x86_64\n    platform: kvm\nlibraries:\n  a: b\n',
    ],
    [
      'indented by four',
      'name: x\nunikraft:\n    version: stable\n',
      (e) => e.setLibrary('a', 'b'),
      'name: x\nunikraft:\n    version: stable\nlibraries:\n    a: b\n',
    ],
    [
      'no libraries yet',
      'name: x # y\n\n# end\n',
      (e) => e.setLibrary('a', 'b'),
      'name: x # y\nlibraries:\n  a: b\n\n# end\n',
    ],
    [
      'libraries without a value',
      'libraries: # none yet\nname: x\n',
      (e) => e.setLibrary('a', 'b'),
      'libraries: # none yet\n  a: b\nname: x\n',
    ],
    ['a file without a line end', 'name: x', (e) => e.setLibrary('a', 'b'), 'name: x\nlibraries:\n  a: b'],
    [
      'four spaces',
      'libraries:\n    a:\n        version: b\n',
      (e) => e.setLibrary('c', 'd', 'e'),
      'libraries:\n    a:\n        version: b\n    c:\n        version: d\n        source: e\n',
    ],
    ['double quotes', 'unikraft: "staging"\n', (e) => e.setCore('0.20'), 'unikraft: "0.20"\n'],
    [
      'a variable stays one',
      'name: ${N}\nlibraries:\n  a: ${V:-x}\n',
      (e) => e.setLibrary('b', 'c'),
      'name: ${N}\nlibraries:\n  a: ${V:-x}\n  b: c\n',
    ],
    [
      'an option in a map, without CONFIG_',
      'unikraft:\n  kconfig: { A: y }\n',
      (e) => e.setKconfig(undefined, 'CONFIG_A', 'n'),
      'unikraft:\n  kconfig: { A: n }\n',
    ],
    [
      'an option in a list in brackets',
      'unikraft:\n  kconfig: [A=y]\n',
      (e) => e.setKconfig(undefined, 'B', '1'),
      'unikraft:\n  kconfig: [A=y, CONFIG_B=1]\n',
    ],
    [
      'Windows line ends',
      'unikraft: a\r\nlibraries:\r\n  a: b # c\r\n',
      (e) => e.setLibrary('a', 'd'),
      'unikraft: a\r\nlibraries:\r\n  a: d # c\r\n',
    ],
    [
      'the only library',
      'name: x\nlibraries:\n  a: b\nunikraft: c\n',
      (e) => void e.removeLibrary('a'),
      'name: x\nunikraft: c\n',
    ],
    [
      'a block text before',
      'cmd: |\n  one\n  two\n',
      (e) => e.setLibrary('a', 'b'),
      'cmd: |\n  one\n  two\nlibraries:\n  a: b\n',
    ],
  ])('%s', (_what, before, change, after) => {
    expect(edited(before, change)).toBe(after);
  });

  test('a layout that cannot be changed in place is printed anew, with the right content', () => {
    const text = edited('{specification: "0.5", unikraft: stable}\n', (e) =>
      e.setLibrary('a', '1.0.0', './a'),
    );
    expect(parse(text)).toEqual({
      specification: '0.5',
      unikraft: 'stable',
      libraries: { a: { version: '1.0.0', source: './a' } },
    });
  });
});

test('versions are told as they are written', () => {
  edited(written, (editor) => {
    expect(['musl', 'fortune', 'none'].map((name) => editor.libraryVersion(name))).toEqual([
      'staging',
      '0.10',
      null,
    ]);
    editor.setLibrary('bare', undefined);
    expect(editor.libraryVersion('bare')).toBeUndefined();
    expect(editor.libraries()).toEqual(['musl', 'fortune', 'bare']);
    expect(editor.removeLibrary('none')).toBe(false);
  });
});

test('saving keeps the mode and a symbolic link, writes nothing when nothing changed, and leaves no neighbour', () => {
  const file = join(folder, 'real.yaml');
  const link = join(folder, 'link.yaml');
  writeFileSync(file, written);
  chmodSync(file, 0o640);
  symlinkSync(file, link);
  const before = statSync(file).ino;
  const unchanged = ManifestEditor.open(link);
  expect(unchanged.ok && unchanged.value.save()).toEqual({ ok: true, value: false });
  expect(statSync(file).ino).toBe(before);
  const editor = ManifestEditor.open(link);
  if (!editor.ok) throw new Error();
  editor.value.setCore('stable');
  expect(editor.value.save()).toEqual({ ok: true, value: true });
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readFileSync(file, 'utf8')).toContain('unikraft: stable');
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a file that cannot be written is an error in words', () => {
  const file = join(folder, 'kraft.yaml');
  writeFileSync(file, written);
  const editor = ManifestEditor.open(file);
  if (!editor.ok) throw new Error();
  editor.value.setCore('stable');
  rmSync(file);
  const gone = join(folder, 'gone');
  Object.defineProperty(editor.value, 'file', { value: join(gone, 'kraft.yaml') });
  expect(editor.value.save()).toEqual({
    ok: false,
    error: { message: `cannot write ${gone}/kraft.yaml (ENOENT)` },
  });
});

/** One of the ways in which people write a library. */
const library = fc.record({
  name: fc.constantFrom('musl', 'lwip', 'newlib', 'my-lib', 'x.y'),
  version: fc.constantFrom('staging', '0.10', '1.2.3', 'v2', "it's", undefined),
  form: fc.constantFrom('short', 'map', 'braces', 'quoted'),
  comment: fc.constantFrom('', ' # c1', '   # c 2'),
  above: fc.constantFrom('', '\n', '  # above\n'),
});

test('any series of changes gives what a model says, and every comment stays that is not on a removed line', () => {
  const operation = fc.oneof(
    fc.record({
      kind: fc.constant('set' as const),
      name: fc.constantFrom('musl', 'lwip', 'new'),
      version: fc.constantFrom('stable', '0.30', 'a: b', undefined),
    }),
    fc.record({
      kind: fc.constant('source' as const),
      name: fc.constantFrom('musl', 'x.y', 'other'),
      version: fc.constantFrom('1', 'main'),
    }),
    fc.record({
      kind: fc.constant('remove' as const),
      name: fc.constantFrom('musl', 'lwip', 'x.y', 'my-lib'),
    }),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(library, { selector: ({ name }) => name, maxLength: 5 }),
      fc.array(operation, { maxLength: 5 }),
      fc.constantFrom('', 'targets:\n  - qemu/x86_64 # t\n# tail\n'),
      (libraries, operations, tail) => {
        const quote = (version = '') => `'${version.replaceAll("'", "''")}'`;
        const lines = libraries.map(({ name, version, form, comment, above }) => {
          const text = version === undefined ? '' : form === 'quoted' ? quote(version) : version;
          const body =
            form === 'map' && version !== undefined
              ? `\n    version: ${text}`
              : form === 'braces' && version !== undefined
                ? ` {version: ${text}}`
                : text === ''
                  ? ''
                  : ` ${text}`;
          return `${above}  ${name}:${body}${comment}\n`;
        });
        const text = `specification: '0.5' # s\nunikraft: stable\n${lines.length > 0 ? 'libraries:\n' : ''}${lines.join('')}${tail}`;
        const model = new Map<string, { version: string | undefined; source: string | undefined }>(
          libraries.map(({ name, version }) => [name, { version, source: undefined }]),
        );
        const result = edited(text, (editor) => {
          for (const step of operations) {
            if (step.kind === 'remove') {
              expect(editor.removeLibrary(step.name)).toBe(model.delete(step.name));
            } else {
              const source = step.kind === 'source' ? './s' : model.get(step.name)?.source;
              model.set(step.name, { version: step.version ?? model.get(step.name)?.version, source });
              editor.setLibrary(step.name, step.version, step.kind === 'source' ? './s' : undefined);
            }
          }
        });
        const read = readManifest(join(folder, 'kraft.yaml'), {});
        if (!read.ok) throw new Error(`${result}\n${read.error.map(({ message }) => message).join('\n')}`);
        expect(read.value.libraries.map(({ name, version, source }) => [name, version, source])).toEqual(
          [...model].map(([name, { version, source }]) => [name, version, source]),
        );
        const kept = libraries.filter(
          ({ name }) =>
            model.has(name) && !operations.some((step) => step.kind === 'remove' && step.name === name),
        );
        for (const { comment } of kept) expect(result).toContain(comment.trim());
        expect(result).toContain("specification: '0.5' # s\n");
        for (const line of tail.split('\n')) expect(result).toContain(line);
      },
    ),
    { numRuns: 400 },
  );
});
