import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runConf } from '../../engine/kconfig/command.ts';
import { noInput, type ConfOutput } from '../../engine/kconfig/conf-run.ts';
import { nodeHost } from '../../engine/kconfig/host.ts';
import { ExampleRig, missing } from './example-rig.ts';

const title = `the example core's configuration${missing === undefined ? '' : `: ${missing} is not installed`}`;

const complete = [
  ['helloworld', 'config.kvm-x86_64'],
  ['helloworld', 'config.all-kvm-x86_64'],
  ['fortune', 'config.kvm-x86_64'],
] as const;

describe.skipIf(missing !== undefined)(title, () => {
  let rig: ExampleRig;
  beforeAll(() => {
    rig = new ExampleRig();
    mkdirSync(rig.path('build'));
    // Stands in the program's place and shows what it is given
    writeFileSync(rig.path('show.sh'), `env -0 >'${rig.path('environment')}'\n`);
  });
  afterAll(() => rig.remove());

  /** Runs unigraph's own conf as the core's makefile calls its program. */
  const solve = async (app: string, name: string, mode: string, folder: string): Promise<void> => {
    const shown = await rig.make(app, name, `CONF=sh ${rig.path('show.sh')}`, 'syncconfig');
    expect(shown.status, shown.output).toBe(0);
    const environment = Object.fromEntries(
      readFileSync(rig.path('environment'), 'utf8')
        .split('\0')
        .filter((entry) => entry.includes('='))
        .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    );
    mkdirSync(folder, { recursive: true });
    const messages: string[] = [];
    const output: ConfOutput = {
      isTTY: false,
      write: (bytes) => void messages.push(Buffer.from(bytes).toString()),
    };
    const status = runConf({
      argv: [mode, rig.path('core/Config.uk')],
      cwd: folder,
      environment: {
        ...environment,
        KCONFIG_AUTOHEADER: join(folder, 'config.h'),
        KCONFIG_AUTOCONFIG: join(folder, 'auto.conf'),
        KCONFIG_TRISTATE: join(folder, 'tristate.config'),
      },
      stdin: noInput,
      stdout: output,
      stderr: output,
      host: nodeHost,
    });
    expect(status, messages.join('')).toBe(0);
  };

  test.each(complete)('of %s in %s is complete: solving it changes nothing', async (app, config) => {
    const name = `solved-${app}-${config}`;
    const file = rig.build(`${name}.config`);
    const made = await rig.make(app, name, `UK_DEFCONFIG=${rig.path('apps', app, config)}`, 'defconfig');
    expect(made.status, made.output).toBe(0);
    const before = readFileSync(file, 'utf8');
    await solve(app, name, '--olddefconfig', rig.path('solved', name));
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test.each(complete)(
    'of %s in %s becomes the same files by the script as by Kconfig',
    async (app, config) => {
      const name = `files-${app}-${config}`;
      const made = await rig.make(app, name, `UK_DEFCONFIG=${rig.path('apps', app, config)}`, 'defconfig');
      expect(made.status, made.output).toBe(0);
      const folder = rig.path('solved', name);
      await solve(app, name, '--syncconfig', folder);
      const synced = await rig.make(app, name, 'syncconfig');
      expect(synced.status, synced.output).toBe(0);
      const build = rig.build(name);
      expect(readFileSync(join(build, 'include/uk/bits/config.h'), 'utf8')).toBe(
        readFileSync(join(folder, 'config.h'), 'utf8'),
      );
      for (const file of ['auto.conf', 'tristate.config']) {
        expect(readFileSync(join(build, 'kconfig', file), 'utf8')).toBe(
          readFileSync(join(folder, file), 'utf8'),
        );
      }
    },
  );

  test.each([
    ['helloworld', 'config.kvm-x86_64'],
    ['fortune', 'config.kvm-x86_64'],
  ] as const)('of %s has a defconfig that stands for %s', async (app, config) => {
    const name = `short-${app}`;
    const file = rig.build(`${name}.config`);
    const made = await rig.make(app, name, `UK_DEFCONFIG=${rig.path('apps', app, config)}`, 'defconfig');
    expect(made.status, made.output).toBe(0);
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, readFileSync(rig.path('apps', app, 'defconfig')));
    await solve(app, name, '--olddefconfig', rig.path('solved', name));
    expect(readFileSync(file, 'utf8')).toBe(whole);
  });

  test('is not solved by the script, which says so', async () => {
    writeFileSync(rig.build('no.config'), readFileSync(rig.path('apps/fortune/defconfig')));
    const { status, output } = await rig.make('fortune', 'no', 'savedefconfig');
    expect(status).not.toBe(0);
    expect(output).toContain('--savedefconfig=');
    expect(output).toContain("CONF='unigraph conf'");
  });
});
