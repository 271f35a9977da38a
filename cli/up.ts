import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command, Surroundings } from './command.ts';
import { complain } from './index-context.ts';
import { initApplication, type InitArguments } from './init.ts';

interface UpArguments extends InitArguments {
  readonly jobs?: number;
  readonly memory?: string;
  readonly accel?: string;
  readonly timeout?: number;
  readonly port?: string | readonly string[];
  readonly target?: string;
  readonly '--'?: readonly unknown[];
}

export const command: Command<UpArguments> = {
  usage: 'up [name]',
  describe: 'From nothing to a booted image: init with a template, list pull, configure, build, run',
  build: (yargs) => {
    const text = { type: 'string', requiresArg: true } as const;
    // What init takes, but -p is a port and -m the memory here, as with run.
    return yargs
      .positional('name', {
        type: 'string',
        describe: 'A new folder; without it, or if it is there, the project in it',
      })
      .option('template', {
        ...text,
        alias: 't',
        describe: "NAME[@VERSION], a folder, or a repository's URL",
      })
      .option('platform', { ...text, describe: 'kvm, xen, …' })
      .option('arch', { ...text, describe: 'x86_64, arm64, arm' })
      .option('unikraft', { ...text, default: 'stable', describe: 'The core: a version, URL or folder' })
      .option('lib', { ...text, describe: 'A library: NAME[@VERSION]; repeatable' })
      .option('pull', {
        type: 'boolean',
        default: true,
        describe: 'Get core and libraries (--no-pull: do not)',
      })
      .option('local', {
        type: 'boolean',
        alias: 'd',
        describe: "Put them into the application's own .unikraft",
      })
      .option('target', { ...text, describe: 'A target of the manifest' })
      .option('jobs', {
        type: 'number',
        requiresArg: true,
        alias: 'j',
        describe: 'Commands at once [processors]',
      })
      .option('memory', { ...text, alias: 'm', describe: "The guest's memory" })
      .option('accel', { ...text, describe: 'auto, kvm or tcg' })
      .option('timeout', {
        type: 'number',
        requiresArg: true,
        describe: 'End the guest after so many seconds',
      })
      .option('port', { ...text, alias: 'p', describe: 'Forward a port: HOST:GUEST; repeatable' })
      .epilogue("Words after '--' are the application's arguments.");
  },
  async run(args, surroundings) {
    const { main } = await import('./main.ts');
    let folder = resolve(surroundings.cwd, args.name ?? '.');
    const isNew = args.name !== undefined && !existsSync(folder);
    if (!isNew && args.template !== undefined) {
      return complain(surroundings, {
        message: args.name === undefined ? 'the name is missing' : `${folder} is there already`,
        hint: 'Give the name of a new folder: unigraph up -t TEMPLATE NAME; without -t, what is there is brought up.',
      });
    }
    if (isNew) {
      const created = await initApplication(args, surroundings);
      if (!created.ok) return complain(surroundings, created.error);
      folder = created.value.folder;
    }
    const inside: Surroundings = { ...surroundings, cwd: folder };
    const target = args.target === undefined ? [] : ['--target', args.target];
    const configure = [
      'configure',
      ...target,
      ...option('--platform', args.platform),
      ...option('--arch', args.arch),
    ];
    const run = [
      'run',
      ...target,
      ...option('--memory', args.memory),
      ...option('--accel', args.accel),
      ...option('--timeout', args.timeout),
      ...[args.port ?? []].flat().flatMap((port) => ['--port', port]),
      ...(args['--'] === undefined ? [] : ['--', ...args['--'].map(String)]),
    ];
    const stages = [
      ...(args.pull === false ? [] : [['list', 'pull', ...(args.local ? ['--local'] : [])]]),
      // What somebody has configured is built as it is.
      ...(existsSync(resolve(folder, '.config')) ? [] : [configure]),
      ['build', ...target, ...option('--jobs', args.jobs)],
      run,
    ];
    for (const stage of stages) {
      const status = await main(stage, inside);
      if (stage === run) return status;
      if (status !== 0) {
        surroundings.stderr.write(`unigraph: stopped at 'unigraph ${stage.join(' ')}' in ${folder}\n`);
        return status;
      }
    }
    return 0;
  },
};

function option(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [name, String(value)];
}
