import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../../engine/location.ts';
import { readManifest } from '../../../rules/manifest/read.ts';

const corpus = new URL('corpus/', import.meta.url).pathname;
const environment = { CORE: '', LEVEL: '3', SUFFIX: '-x' };
const manifests = (kind: string) =>
  readdirSync(corpus + kind).filter((name) => !name.endsWith('.expected') && !name.endsWith('.read'));
/** Expectations do not hold the path of this machine. */
const relative = (text: string, folder: string) =>
  text.replaceAll(`${corpus}${folder}/`, '').replaceAll(`${corpus}${folder}`, '.');

describe('broken manifests: each problem has its place, what was expected and what to do', () => {
  test.each(manifests('broken'))('%s', (name) => {
    const result = readManifest(join(corpus, 'broken', name), { ...environment, CORE: undefined });
    expect(result.ok).toBe(false);
    const text = result.ok ? '' : result.error.map((each) => `${formatDiagnostic(each)}\n`).join('');
    const expected = `${corpus}broken/${name}.expected`;
    if (process.env['UPDATE_CORPUS']) writeFileSync(expected, relative(text, 'broken'));
    expect(relative(text, 'broken')).toBe(readFileSync(expected, 'utf8'));
  });
});

describe('valid manifests', () => {
  test.each(manifests('valid'))('%s', (name) => {
    const result = readManifest(join(corpus, 'valid', name), environment);
    const places = (_key: string, value: unknown): unknown =>
      value !== null && typeof value === 'object' && 'line' in value && 'file' in value
        ? `${String(value.line)}:${String((value as unknown as { column: number }).column)}`
        : value;
    const text = `${relative(JSON.stringify(result, places, 1), 'valid')}\n`;
    const expected = `${corpus}valid/${name}.read`;
    if (process.env['UPDATE_CORPUS']) writeFileSync(expected, text);
    expect(text).toBe(readFileSync(expected, 'utf8'));
    expect(result.ok).toBe(true);
  });

  test('every manifest of the corpus has its expectation, and no expectation is left over', () => {
    for (const kind of ['broken', 'valid']) {
      for (const name of readdirSync(corpus + kind).filter((each) => /\.(expected|read)$/.test(each))) {
        expect(existsSync(`${corpus}${kind}/${name.replace(/\.(expected|read)$/, '')}`)).toBe(true);
      }
    }
  });
});

describe('hostile and odd files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'manifest-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const read = (text: string, name = 'kraft.yaml', variables: Record<string, string> = {}) => {
    writeFileSync(join(folder, name), text);
    return readManifest(join(folder, name), variables);
  };
  const messages = (text: string) => {
    const result = read(text);
    return result.ok ? [] : result.error.map(({ message }) => message);
  };

  test('a huge file is not read', () => {
    expect(messages(`specification: '0.5'\n#${'x'.repeat(300_000)}`)[0]).toMatch(/too large \(3\d+ bytes/);
  });

  test.each([
    ['brackets', `unikraft: ${'['.repeat(20_000)}`],
    ['closed brackets', `unikraft: ${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['maps', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['a variable in a variable', `unikraft: ${'${A:-'.repeat(500)}${'}'.repeat(500)}`],
  ])('deep nesting ends in a message, not in a stack overflow: %s', (_what, text) => {
    const started = Date.now();
    expect(messages(text)[0]).toMatch(/nested too deeply|valid YAML|expected|no form/);
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  test('a folder, a missing file and a fifo-like thing are told apart', () => {
    expect(readManifest(folder, {})).toMatchObject({ error: [{ message: 'this is not a regular file' }] });
    expect(readManifest(join(folder, 'none'), {})).toMatchObject({
      error: [{ message: expect.stringMatching(/ENOENT/) as string }],
    });
  });

  test('.env fills in, the environment wins', () => {
    writeFileSync(join(folder, '.env'), '# a comment\nexport V=stable\nN="a-$V" # two\nW=\'$V\'\n');
    const text = "specification: '0.5'\nunikraft: $V\nname: ${N}\ncmd: $W\n";
    const one = read(text);
    expect(one).toMatchObject({ value: { core: { version: 'stable' }, name: 'a-stable', command: ['$V'] } });
    expect(read(text, 'kraft.yaml', { V: 'staging' })).toMatchObject({
      value: { core: { version: 'staging' }, name: 'a-staging' },
    });
    writeFileSync(join(folder, '.env'), 'fine=1\nnot a line\n');
    const broken = read(text);
    expect(broken).toMatchObject({
      error: [{ location: { line: 2 }, message: expect.stringMatching(/expected NAME=value/) as string }],
    });
    rmSync(join(folder, '.env'));
  });

  test('keys with a meaning in JavaScript are names like any other', () => {
    const result = read(
      "specification: '0.5'\nunikraft: stable\nlibraries:\n  constructor: stable\n  toString:\n",
    );
    expect(result).toMatchObject({ value: { libraries: [{ name: 'constructor' }, { name: 'toString' }] } });
    expect(messages("specification: '0.5'\nunikraft: stable\nlibraries:\n  __proto__: stable\n")).toEqual([
      'no key can be called __proto__',
    ]);
  });

  test('any text is read or refused with places inside it, never with an exception', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'specification: "0.5"\n',
        'unikraft: ',
        'stable\n',
        'libraries:\n',
        '  musl: ',
        '&a ',
        '*a',
      ),
      fc.constantFrom(
        '- ',
        '{',
        '}',
        '[',
        ']',
        ': ',
        '"',
        "'",
        '\n',
        '  ',
        '\t',
        '#',
        '$',
        '${A}',
        '|',
        '>',
        '<<: ',
      ),
      fc.constantFrom(
        'targets:\n',
        'qemu/x86_64\n',
        'kconfig: ',
        'CONFIG_A=y\n',
        'null\n',
        '---\n',
        '!!int ',
        '? ',
      ),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const text = pieces.join('');
        const result = read(text);
        if (result.ok) return;
        const lines = text.split('\n').length;
        expect(result.error.length).toBeGreaterThan(0);
        for (const { message, location } of result.error) {
          expect(message).not.toBe('');
          expect(basename(location?.file ?? '')).toBe('kraft.yaml');
          expect(location?.line).toBeLessThanOrEqual(lines + 1);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
