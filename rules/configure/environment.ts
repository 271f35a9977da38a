import { basename } from 'node:path';
import type { KconfigHost } from '../../engine/kconfig/host.ts';
import { fullVersion, type Release } from './release.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What is configured. All paths are absolute and without symbolic links. */
export interface ConfigureInputs {
  readonly core: string;
  /** The application; the core itself when there is none. */
  readonly app: string;
  readonly build: string;
  /** `.config`. */
  readonly config: string;
  readonly libraries: readonly string[];
  readonly platforms: readonly string[];
  /** Folders whose Config.uk is left out. */
  readonly exclude: readonly string[];
  /** The image's name; that of the application's folder unless given. */
  readonly name?: string;
  /** The target's architecture (`x86_64`, `arm64`, `arm`); the host's unless given. */
  readonly architecture?: string;
  /** The C compiler's name, which releases up to 0.14 ask for the host's architecture. */
  readonly compiler?: string;
}

/** Names of host architectures in Node and in Unikraft. */
const architectures: Readonly<Record<string, string>> = {
  x64: 'x86_64',
  ia32: 'x86',
  arm64: 'arm64',
  arm: 'arm',
  ppc64: 'powerpc64',
};

/** The architecture of this machine, in Unikraft's words. */
export function hostArchitecture(): string {
  return architectures[process.arch] ?? process.arch;
}

/**
 * The whole environment for a run of a core's `conf`: `base` and what the core's top Makefile adds to it
 * (COMMON_CONFIG_ENV), with the same values. Which variables those are, and where the header goes, is read from
 * the Makefile: releases 0.4 to 0.17 have five sets.
 * @param base the environment that commands of Config.uk files inherit
 */
export function configureEnvironment(
  inputs: ConfigureInputs,
  release: Release,
  host: KconfigHost,
  base: Environment,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) if (value !== undefined) result[name] = value;
  const values = new MakefileValues(inputs, release, host, base);
  for (const name of release.variables) result[name] = values.environment(name);
  // Exported by the Makefile beside them; a defconfig without a name is looked for in arch/$(ARCH).
  result['ARCH'] = values.environment('UK_ARCH');
  // Releases before 0.4 call the configuration file otherwise.
  result['CONFIG_'] = 'CONFIG_';
  result['KCONFIG_CONFIG'] = inputs.config;
  return result;
}

/** The values that the top Makefile's variables have. */
class MakefileValues {
  readonly #inputs: ConfigureInputs;
  readonly #release: Release;
  readonly #host: KconfigHost;
  readonly #base: Environment;

  constructor(inputs: ConfigureInputs, release: Release, host: KconfigHost, base: Environment) {
    this.#inputs = inputs;
    this.#release = release;
    this.#host = host;
    this.#base = base;
  }

  /** The value of a variable of COMMON_CONFIG_ENV. */
  environment(name: string): string {
    const { core, app, build, config } = this.#inputs;
    switch (name) {
      case 'CONFIG_':
        return 'CONFIG_';
      case 'KCONFIG_CONFIG':
      case 'BR2_CONFIG':
      case 'UK_CONFIG':
        return config;
      case 'BUILD_DIR':
        return build;
      case 'UK_BASE':
        return core;
      case 'UK_APP':
        return app;
      case 'UK_NAME':
        return this.#inputs.name ?? basename(app);
      case 'UK_FULLVERSION':
        return fullVersion(core, this.#release, this.#host, this.#base);
      case 'UK_CODENAME':
        return this.#release.codename;
      case 'UK_ARCH':
        return this.#inputs.architecture ?? hostArchitecture();
      case 'HOST_ARCH':
        return hostArchitecture();
      case 'CC':
        return this.#inputs.compiler ?? 'cc';
      default:
        return this.#variable(name);
    }
  }

  /** The value of a Makefile variable. */
  #variable(name: string): string {
    const { core, app, build, libraries, platforms, exclude } = this.#inputs;
    switch (name) {
      case 'BUILD_DIR':
        return build;
      case 'CONFIG_UK_BASE':
        return core;
      case 'CONFIG_UK_APP':
        return app;
      case 'CONFIG_UK_PLAT':
        return `${core}/plat/`;
      case 'CONFIG_UK_LIB':
        return `${core}/lib/`;
      case 'L':
        return libraries.join(':');
      case 'P':
        return platforms.join(':');
      // In release 0.14 this is the colon-separated list of platforms, a slip for P; it has no excludes.
      case 'E':
        return exclude.join(':');
      case 'KCONFIG_EAPP_DIR':
        return core === app ? '' : app;
      case 'KCONFIG_EXCLUDEDIRS':
        // Its Makefile means to put a colon before each, but has no variable 'colon'.
        return exclude.map((folder) => this.#variable('colon') + folder).join('');
      case 'ELIB_DIR':
        return libraries.join(' ');
      case 'EPLAT_DIR':
        return platforms.join(' ');
      case 'KCONFIG_DEF_PLATS':
        return this.#folders('plat', ['common', 'drivers']).join(' ');
      case 'KCONFIG_LIB_DIR':
        return `${this.#folders('lib', []).join(' ')} ${core}/lib ${libraries.join(' ')}`;
    }
    const definition = this.#release.definitions.get(name);
    if (definition === undefined || definition.includes('$(shell')) return '';
    return definition.replace(/\$\(([A-Z_a-z]+)\)/g, (_, inner: string) => this.#variable(inner));
  }

  /** Folders of the core, as `find $(CONFIG_UK_LIB)/* -maxdepth 0 -type d` prints them: with a double slash. */
  #folders(part: 'lib' | 'plat', leftOut: readonly string[]): string[] {
    const { core } = this.#inputs;
    const quoted = `'${core.replaceAll("'", "'\\''")}/${part}/'`;
    const command = `find ${quoted}/* -maxdepth 0 -type d`;
    const { stdout } = this.#host.shell(command, core, this.#base);
    const without = new Set(leftOut.map((name) => `${core}/${part}//${name}`));
    return Buffer.from(stdout)
      .toString()
      .split('\n')
      .filter((folder) => folder !== '' && !without.has(folder));
  }
}
