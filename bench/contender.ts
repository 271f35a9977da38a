import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { measure, type Measured } from './measure.ts';

/** What all builds of a comparison have in common. */
export interface Project {
  /** A folder of the benchmark's own. */
  readonly folder: string;
  readonly core: string;
  /** Words of make's command line besides O= and C=: A=, L= and the like. */
  readonly words: readonly string[];
  /** Environment of every build. */
  readonly environment: Readonly<Record<string, string>>;
  readonly jobs: number;
  /** The words that start unigraph. */
  readonly unigraph: readonly string[];
}

/** A build tool in the comparison, with a build folder of its own. */
export interface Contender {
  readonly name: string;
  /** Makes the state in front of a cold build: sources fetched, unpacked and patched, nothing compiled. */
  reset(): void;
  /** The command that brings everything up to date. */
  readonly build: Measured;
}

const places = (project: Project, name: string): { folder: string; words: string[] } => {
  const folder = path.join(project.folder, name);
  return { folder, words: [...project.words, `O=${folder}`, `C=${folder}.config`] };
};

const unigraphCommand = (project: Project, command: string, words: readonly string[]): Measured => ({
  argv: [...project.unigraph, command, '--core', project.core, ...words],
  cwd: project.folder,
  environment: project.environment,
});

/** Keeps the state of a build folder after fetching, so that every cold build starts from the same. */
function snapshot(folder: string, fetch: () => void): () => void {
  const kept = `${folder}.fetched`;
  const copy = (from: string, to: string): void => {
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  };
  return () => {
    if (!existsSync(kept)) {
      mkdirSync(folder, { recursive: true });
      fetch();
      copy(folder, kept);
    }
    copy(kept, folder);
  };
}

/** GNU make on the tree itself. Its cold build starts with Kconfig's host programs built. */
export function makeContender(project: Project): Contender {
  const { folder, words } = places(project, 'make');
  const command = (...goals: string[]): Measured => ({
    argv: ['make', `-j${project.jobs}`, '-C', project.core, ...words, ...goals],
    cwd: project.folder,
    environment: project.environment,
  });
  return { name: 'make', reset: snapshot(folder, () => measure(command('fetch'))), build: command() };
}

export function unigraphContender(project: Project): Contender {
  const { folder, words } = places(project, 'unigraph');
  const command = (...goals: string[]): Measured =>
    unigraphCommand(project, 'build', ['-j', String(project.jobs), ...words, ...goals]);
  return { name: 'unigraph', reset: snapshot(folder, () => measure(command('fetch'))), build: command() };
}

/**
 * ninja on the graph that unigraph exports. Evaluating, configuring and fetching are done before and not in its times.
 */
export function ninjaContender(project: Project): Contender {
  const { folder, words } = places(project, 'ninja');
  const file = `${folder}.ninja`;
  return {
    name: 'ninja',
    reset() {
      if (!existsSync(file)) {
        mkdirSync(folder, { recursive: true });
        measure(unigraphCommand(project, 'build', ['-j', String(project.jobs), ...words]));
        const { stdout } = splitStreams(unigraphCommand(project, 'plan', ['--ninja', ...words]), file);
        writeFileSync(file, stdout);
      }
      // Takes away what ninja's own actions make, and what it remembers of it.
      measure({ ...this.build, argv: ['ninja', '-f', file, '-t', 'clean'] });
      rmSync(path.join(folder, '.ninja'), { recursive: true, force: true });
    },
    build: {
      argv: ['ninja', `-j${project.jobs}`, '-f', file],
      cwd: project.folder,
      environment: project.environment,
    },
  };
}

/** Runs a command whose standard output is wanted without its notes. */
function splitStreams(command: Measured, scratch: string): { stdout: string } {
  const out = `${scratch}.tmp`;
  const argv = ['sh', '-c', 'out=$1; shift; "$@" > "$out"', 'sh', out, ...command.argv];
  measure({ ...command, argv });
  const stdout = readFileSync(out, 'utf8');
  rmSync(out);
  return { stdout };
}

/** Bare start-up of the runtime: what no program on Node can be faster than. */
export function bareNode(project: Project): Measured {
  return { argv: [process.execPath, '-e', '0'], cwd: project.folder, environment: project.environment };
}

/** Configures a contender's build; the same configuration for all, completed without asking. */
export function configure(project: Project, name: string, config: string): void {
  const { folder, words } = places(project, name);
  cpSync(config, `${folder}.config`);
  measure(unigraphCommand(project, 'olddefconfig', words));
}
