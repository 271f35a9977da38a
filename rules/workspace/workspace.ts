import type { Diagnostic } from '../../engine/location.ts';
import type { Lock } from '../index/lock.ts';
import type { Component, KconfigSetting, Manifest, Target } from '../manifest/manifest.ts';
import type { WorkingFolders } from './working-folders.ts';

/** The core or a library in use, by the name under which it is locked. */
export interface UsedComponent {
  readonly kind: 'core' | 'library';
  /** `unikraft`, or a library's name without `lib`. */
  readonly name: string;
  readonly folder: string;
  /** The manifest's entry; none where it was given on the command line. */
  readonly component?: Component;
}

/** A variable given on the command line, as make takes it: `V=1`, `CFLAGS+=-g`. */
export interface CommandLineVariable {
  readonly name: string;
  readonly operator: '=' | ':=' | '::=' | '+=' | '?=';
  readonly value: string;
}

/**
 * What one builds: everything that Unikraft's top Makefile is told on make's command line.
 * All paths are absolute and without symbolic links (as the Makefile makes them with `realpath`);
 * `build` and `config` need not exist.
 */
export interface Workspace {
  /** The Unikraft core's tree; make's `-C`. */
  readonly core: string;
  /** The application; `A=`. The core itself when there is none. */
  readonly app: string;
  /** External libraries, in order; `L=`. */
  readonly libraries: readonly string[];
  /** External platforms, in order; `P=`. */
  readonly platforms: readonly string[];
  /** Folders whose libraries are left out; `E=`. */
  readonly exclude: readonly string[];
  /** The build folder; `O=`, by default `build` in the application. */
  readonly build: string;
  /** The configuration file; `C=`, by default `.config` in the application. */
  readonly config: string;
  /** The image's name when it was given on the command line; `N=`. It then wins over `.config`'s `CONFIG_UK_NAME`. */
  readonly name?: string;
  /** The manifest that this came from, if there is one. */
  readonly project?: Manifest;
  /** The target that was chosen, or the only one of the manifest. */
  readonly target?: Target;
  /** Options that the manifest asks for: the image's name, core, target, libraries, in this order; a later one wins. */
  readonly kconfig: readonly KconfigSetting[];
  /** Further variables for the Makefile's command line: `V=1`, `CROSS_COMPILE=…`. */
  readonly variables: readonly CommandLineVariable[];
  /** The core and the libraries, with what the manifest says of them. */
  readonly used: readonly UsedComponent[];
  /** With `--frozen`: what every file that is fetched must be, by its address. Others must not be fetched. */
  readonly lockedArchives?: Lock['archives'];
  /** Where components are kept (`UK_WORKDIR` and its kin). */
  readonly folders: WorkingFolders;
  /** What is odd but no obstacle; for the user to read. */
  readonly notices: readonly Diagnostic[];
  /** Files that were read or looked for to find all this: whoever keeps the answer must look at them again. */
  readonly read: readonly string[];
}

/** What the command line says about the workspace. Relative paths start at the current folder. */
export interface WorkspaceOptions {
  readonly core?: string;
  readonly app?: string;
  /** The whole list, as `L=`: the manifest's libraries do not count. */
  readonly libraries?: readonly string[];
  /** Libraries besides the manifest's, as `--lib`; one of the same name takes the place of the manifest's. */
  readonly moreLibraries?: readonly string[];
  readonly platforms?: readonly string[];
  readonly exclude?: readonly string[];
  readonly build?: string;
  readonly config?: string;
  readonly name?: string;
  /** A target's name, or `platform/architecture`. */
  readonly target?: string;
  readonly variables?: readonly CommandLineVariable[];
  /** Commits that are preferred over versions, by `unikraft` or `lib/NAME`: those of a lock file. */
  readonly pinned?: Readonly<Record<string, string>>;
  /** True for a command that writes nothing: the build folder is then not required to be writable. */
  readonly readOnly?: boolean;
}

/**
 * The variables of make's command line that say the same as this workspace, in the order A, L, P, E, O, C, N and
 * then the user's own; empty lists are left out.
 */
export function makeVariables(workspace: Workspace): CommandLineVariable[] {
  const given: [string, string | undefined][] = [
    ['A', workspace.app],
    ['L', workspace.libraries.join(':') || undefined],
    ['P', workspace.platforms.join(':') || undefined],
    ['E', workspace.exclude.join(':') || undefined],
    ['O', workspace.build],
    ['C', workspace.config],
    ['N', workspace.name],
  ];
  const own = given.flatMap(([name, value]): CommandLineVariable[] =>
    value === undefined ? [] : [{ name, operator: '=', value }],
  );
  return [...own, ...workspace.variables];
}
