import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A `conf` program that was built for a test. */
export interface Reference {
  readonly path: string;
  remove(): void;
}

/** Why there is none. */
export interface NoReference {
  readonly reason: string;
}

/**
 * The Debian package with the C program's source. Chosen over kconfig-frontends, whose 4.11 has neither the macro
 * language nor today's output; 6.1 has both, and differs from Unikraft's 5.2 where the cases say so.
 */
const SOURCE_ARCHIVE = '/usr/src/linux-source-6.1.tar.xz';

/** Builds Linux v6.1's `conf` out of Debian's package linux-source-6.1. */
export function linuxReference(): Reference | NoReference {
  if (!existsSync(SOURCE_ARCHIVE)) return { reason: 'the package linux-source-6.1 is not installed' };
  return build((folder) => {
    execFileSync('tar', [
      'xJf',
      SOURCE_ARCHIVE,
      '-C',
      folder,
      '--strip-components=2',
      '--wildcards',
      '*/scripts/kconfig/*',
    ]);
    return join(folder, 'kconfig');
  }, []);
}

/** Builds the `conf` of a Unikraft tree, from a copy of its sources. */
export function treeReference(core: string): Reference | NoReference {
  const source = join(core, 'support/kconfig');
  if (!existsSync(source)) return { reason: `${core} has no support/kconfig` };
  return build(
    (folder) => {
      const copy = join(folder, 'kconfig');
      mkdirSync(copy);
      for (const name of readdirSync(source)) {
        if (/\.(?:[chly])$/.test(name) && !name.startsWith('zconf.'))
          cpSync(join(source, name), join(copy, name));
      }
      return copy;
    },
    ['-DCONFIG_=""'],
  );
}

function build(prepare: (folder: string) => string, flags: readonly string[]): Reference | NoReference {
  for (const tool of ['flex', 'bison', 'gcc']) {
    try {
      execFileSync(tool, ['--version'], { stdio: 'ignore' });
    } catch {
      return { reason: `${tool} is not installed` };
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'kconfig-reference-'));
  const kconfig = prepare(folder);
  const run = (command: string, args: readonly string[]): void => {
    execFileSync(command, args, { cwd: kconfig, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  run('flex', ['-olexer.lex.c', '-L', 'lexer.l']);
  run('bison', ['-oparser.tab.c', '--defines=parser.tab.h', '-t', '-l', 'parser.y']);
  const sources = [
    'conf',
    'confdata',
    'expr',
    'lexer.lex',
    'menu',
    'parser.tab',
    'preprocess',
    'symbol',
    'util',
  ];
  const included = existsSync(join(kconfig, 'internal.h')) ? [] : ['menu', 'util'];
  const objects = sources.filter((name) => !included.includes(name)).map((name) => `${name}.c`);
  run('gcc', ['-O1', '-w', '-I.', ...flags, '-o', 'conf', ...objects]);
  writeFileSync(join(folder, 'built'), '');
  return { path: join(kconfig, 'conf'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
