import { dirname } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { runConf, runConfMode } from '../../engine/kconfig/command.ts';
import type { ConfInput, ConfOutput } from '../../engine/kconfig/conf-run.ts';
import type { KconfigHost } from '../../engine/kconfig/host.ts';
import type { Mode } from '../../engine/kconfig/options.ts';
import { architectureChange } from './architecture-change.ts';
import {
  configureEnvironment,
  hostArchitecture,
  type ConfigureInputs,
  type Environment,
} from './environment.ts';
import type { Release } from './release.ts';
import { withTreeScripts } from './tree-scripts.ts';

/** A target of the core's top Makefile, or a mode of its `conf` that it has no target for. */
export interface ConfigureStep {
  readonly mode: Exclude<Mode, 'oldaskconfig'>;
  /** defconfig: the file to start from; savedefconfig: the file to write. `defconfig` beside `.config` unless given. */
  readonly file?: string;
  /** randconfig. */
  readonly seed?: string;
  /** randconfig: one to three percentages separated by colons, as KCONFIG_PROBABILITY. */
  readonly probability?: string;
}

/** The streams of a configure step, and the environment that it inherits. */
export interface ConfigureSurroundings {
  readonly environment: Environment;
  readonly stdin: ConfInput;
  readonly stdout: ConfOutput;
  readonly stderr: ConfOutput;
  readonly host: KconfigHost;
}

/** A core that is ready to be configured: what each run of its `conf` needs. */
export class Configuring {
  readonly inputs: ConfigureInputs;
  readonly release: Release;
  readonly environment: Readonly<Record<string, string>>;
  readonly host: KconfigHost;
  /** The root of the language's files. */
  readonly rootFile: string;

  constructor(
    inputs: ConfigureInputs,
    release: Release,
    environment: Readonly<Record<string, string>>,
    host: KconfigHost,
  ) {
    this.inputs = inputs;
    this.release = release;
    this.environment = environment;
    this.host = host;
    this.rootFile = `${inputs.core}/Config.uk`;
  }
}

/** Creates the folders that the core's Makefile creates, and composes the environment. */
export function prepareConfiguring(
  inputs: ConfigureInputs,
  release: Release,
  surroundings: Pick<ConfigureSurroundings, 'environment' | 'host'>,
): Result<Configuring, Diagnostic> {
  const environment = configureEnvironment(inputs, release, surroundings.host, surroundings.environment);
  const header = environment['KCONFIG_AUTOHEADER'] ?? `${inputs.build}/include/uk/_config.h`;
  for (const folder of [`${inputs.build}/kconfig`, dirname(header)]) {
    if (!makeFolders(surroundings.host, folder)) {
      return fail({ message: `cannot create the folder ${folder}` });
    }
  }
  return ok(new Configuring(inputs, release, environment, withTreeScripts(surroundings.host)));
}

function makeFolders(host: KconfigHost, folder: string): boolean {
  const kind = host.kind(folder);
  if (kind !== undefined) return kind === 'folder';
  return makeFolders(host, dirname(folder)) && host.makeDirectory(folder);
}

const silence: ConfOutput = { isTTY: false, write: () => undefined };

/** Targets after which the Makefile has `conf` settle the result once more. */
const settled: ReadonlySet<Mode> = new Set(['randconfig', 'allyesconfig', 'allnoconfig']);

/** Targets after which the Makefile compares the architecture with the last build's. */
const compared: ReadonlySet<Mode> = new Set([
  ...settled,
  'oldconfig',
  'syncconfig',
  'olddefconfig',
  'defconfig',
]);

/**
 * Does what `make MODE` does in the core: runs its `conf`, and what the Makefile does before and after.
 * @returns the exit status of the first run that failed, else 0
 */
export function configure(
  configuring: Configuring,
  step: ConfigureStep,
  { stdin, stdout, stderr }: ConfigureSurroundings,
): number {
  const { inputs, host, rootFile } = configuring;
  const { mode } = step;
  const environment: Record<string, string> = { ...configuring.environment };
  if (settled.has(mode)) environment['SKIP_LEGACY'] = 'y';
  if (step.seed !== undefined) environment['KCONFIG_SEED'] = step.seed;
  if (step.probability !== undefined) environment['KCONFIG_PROBABILITY'] = step.probability;
  const file = step.file ?? standardFile(configuring, mode);
  const common = { cwd: inputs.build, stdin, stderr, host };
  const status =
    mode === 'helpnewconfig'
      ? runConfMode({ ...common, argv: [rootFile], environment, stdout }, mode)
      : runConf({
          ...common,
          argv: [`--${mode}${file === undefined ? '' : `=${file}`}`, rootFile],
          environment,
          stdout,
        });
  if (status !== 0) return status;
  if (settled.has(mode)) {
    const again = { ...common, argv: ['--olddefconfig', rootFile], environment: configuring.environment };
    const settledStatus = runConf({ ...again, stdout: silence });
    if (settledStatus !== 0) return settledStatus;
  }
  if (mode === 'savedefconfig' && !completeDefconfig(configuring, file!)) {
    stderr.write(Buffer.from(`unigraph: cannot append to ${file}\n`));
    return 1;
  }
  if (compared.has(mode)) {
    const notice = architectureChange(host, inputs.config, `${inputs.build}/config`);
    if (notice !== undefined) stdout.write(Buffer.from(notice));
  }
  return 0;
}

/** `defconfig` beside `.config`, where savedefconfig puts it. */
function standardFile({ inputs, host }: Configuring, mode: Mode): string | undefined {
  const file = `${dirname(inputs.config)}/defconfig`;
  if (mode === 'savedefconfig') return file;
  return mode === 'defconfig' && host.kind(file) === 'file' ? file : undefined;
}

/** Symbols of the architectures, as the Makefile's `ukarch_str2cfg` names them. */
const architectureSymbols: Readonly<Record<string, string>> = {
  x86_64: 'CONFIG_ARCH_X86_64',
  arm: 'CONFIG_ARCH_ARM_32',
  arm64: 'CONFIG_ARCH_ARM_64',
};

/**
 * Appends to a saved defconfig what the Makefile appends (since release 0.15): the architecture where the target's
 * is the host's and so is no deviation from the defaults, and the image's name.
 */
function completeDefconfig({ inputs, release, environment, host }: Configuring, file: string): boolean {
  if (!release.namesArchitecture) return true;
  const path = file.startsWith('/') ? file : `${inputs.build}/${file}`;
  const present = host.readFile(path);
  if (present === undefined) return false;
  let added = '';
  if (environment['UK_ARCH'] === hostArchitecture()) {
    added += `${architectureSymbols[hostArchitecture()] ?? ''}=y\n`;
  }
  added += `CONFIG_UK_NAME="${environment['UK_NAME']}"\n`;
  return host.writeFile(path, Buffer.concat([present, Buffer.from(added)]));
}
