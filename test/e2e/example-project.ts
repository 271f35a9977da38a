import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect } from 'vitest';
import { bundledProgram, start, type Outcome, type RunningProgram } from '../support/program.ts';
import { ExampleRig } from './example-rig.ts';

/** An application of the examples that unigraph builds, in a private copy. */
export class ExampleProject {
  readonly rig: ExampleRig;
  /** The bundled program. */
  readonly program: string;
  readonly #app: string;

  private constructor(rig: ExampleRig, program: string, app: string) {
    this.rig = rig;
    this.program = program;
    this.#app = app;
  }

  /** Copies the examples and configures one application as `build/APP.config`, from one of its configurations. */
  static async create(app: string, config: string): Promise<ExampleProject> {
    const project = new ExampleProject(new ExampleRig(), await bundledProgram(), app);
    for (const folder of ['build', 'home']) mkdirSync(project.rig.path(folder));
    const configured = await project.call('defconfig', project.rig.path('apps', app, config));
    expect(configured.status, configured.stdout + configured.stderr).toBe(0);
    return project;
  }

  get folder(): string {
    return this.rig.build(this.#app);
  }

  /** The words that name this project for a command. */
  words(): string[] {
    return [
      ...['--core', this.rig.path('core'), '--app', this.rig.path('apps', this.#app)],
      ...(this.#app === 'fortune' ? ['--lib', this.rig.path('libs/libfortune')] : []),
      ...[`O=${this.folder}`, `C=${this.rig.build(`${this.#app}.config`)}`],
    ];
  }

  /** Starts a command of unigraph (`build`, `config set X=y`); no setting and no download of the user reaches it. */
  start(
    command: string,
    words: readonly string[],
    environment: Record<string, string> = {},
    program = this.program,
  ): RunningProgram {
    const home = this.rig.path('home');
    const own = { HOME: home, XDG_CACHE_HOME: join(home, 'cache'), UK_WORKDIR: home, KRAFTRC: '' };
    const outer = { MAKEFLAGS: undefined, MAKELEVEL: undefined, LIBFORTUNE_URL: undefined };
    return start(program, [...command.split(' '), ...this.words(), ...words], {
      env: { ...outer, ...own, ...environment },
    });
  }

  call(command: string, ...words: readonly string[]): Promise<Outcome> {
    return this.start(command, words).outcome;
  }

  /** The words that start a command, for a shell that prepares something first. */
  argv(command: string, ...words: readonly string[]): string[] {
    return [process.execPath, this.program, command, ...this.words(), ...words];
  }

  /** Builds, which must succeed without a warning. @returns what was run, as progress lines */
  async build(...words: readonly string[]): Promise<string[]> {
    const { status, stdout, stderr } = await this.call('build', ...words);
    expect(status, stdout + stderr).toBe(0);
    expect(stderr).toBe('');
    return progress(stdout);
  }

  /** Builds with GNU make at the same place. */
  async make(...words: readonly string[]): Promise<string> {
    const { status, output } = await this.rig.make(this.#app, this.#app, '-j2', ...words);
    expect(status, output).toBe(0);
    return output;
  }
}

/** `CC libx: y.o`, for each action that ran, sorted. */
export function progress(output: string): string[] {
  return output
    .split('\n')
    .filter((line) => /^ {2}[A-Z0-9]+ /.test(line))
    .map((line) => line.trim().replace(/ +/, ' '))
    .sort();
}

/** The regular files below a folder, by their name in it; what unigraph keeps for itself is left out. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith('.unigraph/'))
    .sort();
}

/** Every command file below a folder, by the name of what it makes. */
export function commandsBelow(folder: string): Record<string, string> {
  return Object.fromEntries(
    filesBelow(folder)
      // fixdep's record of the configuration has the same ending.
      .filter((name) => name.endsWith('.cmd') && !name.endsWith('auto.conf.cmd'))
      .map((name) => [name.replace(/\.cmd$/, ''), readFileSync(join(folder, name), 'utf8')]),
  );
}

/** When each file below a folder was last written: changes when anything is made again. */
export function writtenBelow(folder: string): Record<string, number> {
  return Object.fromEntries(filesBelow(folder).map((name) => [name, statSync(join(folder, name)).ctimeMs]));
}
