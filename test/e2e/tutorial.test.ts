import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bundledProgram } from '../support/program.ts';
import { ExampleRig, missing } from './example-rig.ts';
import { matches, pageCommands, runCommands, type Ran } from './page-session.ts';

const title = `docs/tutorial.md${missing === undefined ? '' : `: ${missing} is not installed`}`;

/** A tree of release 0.16 or later, on which the page's commands are run too. */
const core = process.env['UNIKRAFT_ROOT'] ?? '';
const isSuitable =
  existsSync(join(core, 'version.mk')) &&
  Number(/SUBVERSION\s*=\s*(\d+)/.exec(readFileSync(join(core, 'version.mk'), 'utf8'))?.[1]) >= 16;

describe.skipIf(missing !== undefined)(title, () => {
  const commands = pageCommands('tutorial.md');
  let program: string;
  let root: string;
  beforeAll(async () => {
    program = await bundledProgram();
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Runs the page's commands in a home of its own, where the repository is at ~/unigraph. */
  async function run(texts: readonly string[]): Promise<Ran[]> {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'tutorial-')));
    const home = join(root, 'home/ada');
    mkdirSync(join(root, 'bin'));
    mkdirSync(join(home, 'unigraph'), { recursive: true });
    const rig = new ExampleRig();
    cpSync(rig.root, join(home, 'unigraph/examples'), { recursive: true });
    rig.remove();
    const script = `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`;
    writeFileSync(join(root, 'bin/unigraph'), script, { mode: 0o755 });
    const environment = { PATH: `${join(root, 'bin')}:${process.env['PATH']}`, HOME: home, LC_ALL: 'C' };
    const ran = await runCommands(texts, root, environment, 240_000);
    return ran.map(({ status, output }) => ({
      status,
      output: output.replaceAll(root, '').replaceAll('\r', ''),
    }));
  }

  test('every command does what the page shows', { timeout: 300_000 }, async () => {
    expect(commands.length).toBeGreaterThan(30);
    const ran = await run(commands.map(({ text }) => text));
    for (const [index, { text, output, line }] of commands.entries()) {
      const got = ran[index];
      const place = `docs/tutorial.md:${line}: ${text}`;
      expect(got?.status, `${place}\n${got?.output}`).toBe(0);
      if (matches(output, got!.output)) continue;
      // Not as shown: the difference, for whoever has to mend the page or the program.
      expect(got!.output, place).toBe(output.map((each) => `${each}\n`).join(''));
    }
  });

  test.skipIf(!isSuitable)(
    'every command works on a real core too (UNIKRAFT_ROOT, 0.16 or later)',
    { timeout: 600_000 },
    async () => {
      const texts = commands.map(({ text }) =>
        text
          .replace('~/unigraph/examples/core', `'${core}'`)
          // Its nolibc has clock_gettime only with this option, as the page says.
          .replace(/^unigraph configure$/, 'unigraph configure --set LIBPOSIX_TIME=y'),
      );
      expect(texts).not.toEqual(commands.map(({ text }) => text));
      const ran = await run(texts);
      for (const [index, text] of texts.entries())
        expect(ran[index]?.status, `${text}\n${ran[index]?.output}`).toBe(0);
      const outputOf = (text: string): string[] =>
        ran.filter((_, index) => texts[index]!.startsWith(text)).map(({ output }) => output);
      const [plain, boot, ...patched] = outputOf('unigraph run');
      expect(plain).toMatch(/^"Beware of bugs/m);
      expect(boot).toMatch(/^ {2}-- [\s\S]*Powered by[\s\S]*^\t-- /m);
      for (const output of patched) expect(output).toMatch(/^"Kernel hacking/m);
      expect(patched).toHaveLength(2);
    },
  );
});
