import { toByteText } from './byte-text.ts';
import type { ConfRun } from './conf-run.ts';
import { ConfFileReader } from './conf-file.ts';
import { ConfText } from './conf-text.ts';
import { ConfWriter } from './conf-writer.ts';
import { GlibcRandom } from './glibc-random.ts';
import { readProbabilities, setAllNew, type NewValues } from './new-values.ts';
import { readOptions, usage, type Mode } from './options.ts';
import { readTree } from './parser.ts';
import { Questions } from './questions.ts';
import { parseSigned } from './number-text.ts';
import { Solver } from './solver.ts';
import { ConfExit, World } from './world.ts';

/**
 * Does what the tree's own `conf` program does (scripts/kconfig of Linux v5.2 with Unikraft's patches):
 * the same files, the same words on both streams, the same exit status. The environment must contain
 * `CONFIG_`, the prefix of names in files: the program is compiled with an empty one.
 * @returns the exit status
 */
export function runConf(run: ConfRun): number {
  return runMode(run, undefined);
}

/** As `runConf`, in a mode that the C program has no option for. */
export function runConfMode(run: ConfRun, mode: Mode): number {
  return runMode(run, mode);
}

function runMode(run: ConfRun, mode: Mode | undefined): number {
  const world = new World(run.cwd, run.environment, run.host, run.stdout, run.stderr);
  try {
    return new Conf(run, world).main(mode);
  } catch (error) {
    if (error instanceof ConfExit) return error.status;
    // The C program dies of a full stack here.
    if (!(error instanceof RangeError)) throw error;
    world.warn(`${run.program ?? 'conf'}: the configuration is nested too deeply\n`);
    return 1;
  } finally {
    world.flush();
  }
}

class Conf {
  readonly #run: ConfRun;
  readonly #world: World;
  readonly #program: string;
  #mode: Mode = 'oldaskconfig';
  #silent = false;
  #file: string | undefined;
  #seed = 0;

  constructor(run: ConfRun, world: World) {
    this.#run = run;
    this.#world = world;
    this.#program = toByteText(run.program ?? 'conf');
  }

  main(forced: Mode | undefined): number {
    const rootFile = this.#readArguments();
    if (forced !== undefined) this.#mode = forced;
    const mode = this.#mode;
    const solver = new Solver(readTree(this.#world, rootFile));
    const prefix = this.#world.variable('CONFIG_') ?? '';
    const reader = new ConfFileReader(solver, prefix, (text) => this.#message(text));
    const text = new ConfText(solver, prefix);
    const writer = new ConfWriter(solver, text, reader, (message) => this.#message(message));
    this.#readConfiguration(reader);

    const sync = mode === 'syncconfig';
    let write = true;
    if (sync && this.#world.variable('KCONFIG_NOSILENTUPDATE')) {
      if (solver.changes !== 0) {
        this.#world.warn('\n*** The configuration requires explicit update.\n\n');
        return 1;
      }
      write = false;
    }
    this.#change(solver, text, prefix);

    if (mode === 'listnewconfig' || mode === 'helpnewconfig') return 0;
    if (mode === 'savedefconfig') {
      if (writer.writeDefconfig(this.#file ?? '')) return 0;
      this.#world.warn(`n*** Error while saving defconfig to: ${this.#file}\n\n`);
      return 1;
    }
    if (write && !writer.writeConfig()) {
      this.#world.warn('\n*** Error during writing of the configuration.\n\n');
      return 1;
    }
    // Other modes only make sure that there is an auto.conf at all.
    if (!writer.writeAutomatic(sync) && sync) {
      this.#world.warn('\n*** Error during sync of the configuration.\n\n');
      return 1;
    }
    return 0;
  }

  #message(text: string): void {
    if (!this.#silent) this.#world.print(`#\n# ${text.slice(0, 4095)}\n#\n`);
  }

  #readArguments(): string {
    const posixly = this.#world.variable('POSIXLY_CORRECT') !== undefined;
    for (const event of readOptions(this.#run.argv, posixly)) {
      switch (event.kind) {
        case 'silent':
          this.#silent = true;
          break;
        case 'wrong':
          this.#world.warn(`${this.#program}: ${toByteText(event.message)}\n`);
          this.#usage();
          break;
        case 'mode':
          this.#mode = event.mode;
          if (event.mode === 'syncconfig') this.#silent = true;
          if (event.mode === 'defconfig' || event.mode === 'savedefconfig') {
            this.#file = event.argument === undefined ? undefined : toByteText(event.argument);
          }
          if (event.mode === 'randconfig') this.#chooseSeed();
          break;
        case 'end':
          if (event.file !== undefined) return toByteText(event.file);
          this.#world.warn(`${this.#program}: Kconfig file missing\n`);
          this.#usage();
      }
    }
    throw new Error('the argument list has no end');
  }

  #usage(): never {
    this.#world.print(usage(this.#program));
    throw new ConfExit(1);
  }

  #chooseSeed(): void {
    const now = Date.now();
    this.#seed = this.#run.seed ?? Math.imul(Math.trunc(now / 1000) + 1, (now % 1000) * 1000 + 1);
    const given = this.#world.variable('KCONFIG_SEED');
    if (given) {
      const { value, used } = parseSigned(given, 0);
      if (used === given.length) this.#seed = Number(BigInt.asIntN(32, value));
    }
    this.#world.warn(`KCONFIG_SEED=0x${(this.#seed >>> 0).toString(16).toUpperCase()}\n`);
  }

  #readConfiguration(reader: ConfFileReader): void {
    const world = this.#world;
    const configName = world.variable('KCONFIG_CONFIG') ?? '.config';
    switch (this.#mode) {
      case 'defconfig': {
        const name = this.#file ?? this.#defaultDefconfig();
        if (reader.read(name, configName)) return;
        world.warn(`***\n*** Can't find default configuration "${name}"!\n***\n`);
        throw new ConfExit(1);
      }
      case 'savedefconfig':
      case 'syncconfig':
      case 'oldaskconfig':
      case 'oldconfig':
      case 'listnewconfig':
      case 'helpnewconfig':
      case 'olddefconfig':
        reader.read(undefined, configName);
        return;
      case 'allnoconfig':
      case 'allyesconfig':
      case 'allmodconfig':
      case 'alldefconfig':
      case 'randconfig':
        this.#readAllConfig(reader);
    }
  }

  /** `arch/$(ARCH)/defconfig`, below $srctree when it is there. */
  #defaultDefconfig(): string {
    const name = `arch/${this.#world.useVariable('ARCH') ?? ''}/defconfig`;
    const tree = this.#world.variable('srctree');
    if (tree === undefined) return name;
    const full = `${tree}/${name}`;
    return this.#world.host.kind(this.#world.path(full)) === undefined ? name : full;
  }

  #readAllConfig(reader: ConfFileReader): void {
    const world = this.#world;
    const given = world.variable('KCONFIG_ALLCONFIG');
    if (given === undefined) return;
    if (given !== '' && given !== '1') {
      if (reader.readSimple(given, '', 'user')) return;
      world.warn(`*** Can't read seed configuration "${given}"!\n`);
      throw new ConfExit(1);
    }
    const kind = this.#mode.replace(/config$/, '').replace('rand', 'allrandom');
    if (reader.readSimple(`${kind}.config`, '', 'user') || reader.readSimple('all.config', '', 'user'))
      return;
    world.warn(`*** KCONFIG_ALLCONFIG set, but no "${kind}.config" or "all.config" file found\n`);
    throw new ConfExit(1);
  }

  #change(solver: Solver, text: ConfText, prefix: string): void {
    switch (this.#mode) {
      case 'allnoconfig':
        return void setAllNew(solver, { kind: 'no' });
      case 'allyesconfig':
        return void setAllNew(solver, { kind: 'yes' });
      case 'allmodconfig':
        return void setAllNew(solver, { kind: 'module' });
      case 'alldefconfig':
      case 'defconfig':
        return void setAllNew(solver, { kind: 'default' });
      case 'randconfig':
        return this.#randomize(solver);
      case 'oldaskconfig':
      case 'oldconfig':
      case 'syncconfig':
      case 'listnewconfig':
      case 'helpnewconfig': {
        const { stdin, stdout } = this.#run;
        const questions = new Questions(solver, text, {
          mode: this.#mode,
          prefix,
          input: stdin,
          terminal: stdin.isTTY && stdout.isTTY,
        });
        if (this.#mode === 'oldaskconfig') questions.askAll();
        return questions.update();
      }
      case 'savedefconfig':
      case 'olddefconfig':
    }
  }

  #randomize(solver: Solver): void {
    const random = new GlibcRandom(this.#seed);
    const probabilities = readProbabilities(this.#world.variable('KCONFIG_PROBABILITY'));
    if (probabilities === undefined) {
      this.#world.warn('KCONFIG_PROBABILITY: Numerical result out of range\n');
      throw new ConfExit(1);
    }
    const values: NewValues = { kind: 'random', random, probabilities };
    while (setAllNew(solver, values));
  }
}
