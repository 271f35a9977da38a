import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { which } from '../../engine/exec/which.ts';
import { compilerKind, readCompilerOptions } from './compiler-options.ts';

/** Programs that a compiler driver runs: the compiler proper, assembler and linker (GCC manual, "Overall Options"). */
interface Driver {
  readonly driver: string;
  readonly programs: Readonly<Record<'cc1' | 'cc1plus' | 'as' | 'collect2' | 'ld', string | undefined>>;
}

const PROGRAMS = ['cc1', 'cc1plus', 'as', 'collect2', 'ld'] as const;

/** The answer of a search in PATH. */
export interface FoundProgram {
  readonly program: string;
  readonly path: string;
  readonly file: string | undefined;
}

/** Knows which executable files stand behind the commands of a build. */
export class Toolchain {
  readonly #drivers = new Map<string, Driver>();
  readonly #found = new Map<string, FoundProgram>();

  /** Every program that was searched in PATH, and where it was found. */
  get found(): readonly FoundProgram[] {
    return [...this.#found.values()];
  }

  /**
   * The files whose change means another tool: the program itself, and for a compiler driver what it runs.
   * @param words of a command; one that is not found names no tool
   */
  toolsOf(words: readonly string[], cwd: string, pathVariable: string): string[] {
    const program = words[0];
    if (program === undefined) return [];
    const file = which(program, pathVariable, cwd);
    if (!program.includes('/')) {
      this.#found.set(`${program}\0${pathVariable}`, { program, path: pathVariable, file });
    }
    if (file === undefined) return [];
    if (compilerKind(program) === undefined) return [file];
    const driver = this.#driver(file);
    const options = readCompilerOptions(words, cwd);
    const needs =
      options.mode === 'link' ? (['collect2', 'ld'] as const) : this.#compilersFor(words, options.mode);
    return [file, driver.driver, ...needs.flatMap((name) => driver.programs[name] ?? [])].filter(
      (tool, index, all) => all.indexOf(tool) === index,
    );
  }

  #compilersFor(
    words: readonly string[],
    mode: 'compile' | 'preprocess',
  ): readonly (typeof PROGRAMS)[number][] {
    if (mode === 'preprocess') return ['cc1'];
    const source = words.find(
      (word) => /\.(?:cc|cpp|cxx|c\+\+|cp|C|CPP)$/.test(word) && !word.startsWith('-'),
    );
    return source === undefined ? ['cc1', 'as'] : ['cc1plus', 'as'];
  }

  /** Asks a driver once for the programs that it runs; a driver that does not answer is taken alone. */
  #driver(file: string): Driver {
    const known = this.#drivers.get(file);
    if (known !== undefined) return known;
    const programs = Object.fromEntries(PROGRAMS.map((name) => [name, askForProgram(file, name)]));
    const driver: Driver = { driver: realPath(file), programs: programs as Driver['programs'] };
    this.#drivers.set(file, driver);
    return driver;
  }
}

function askForProgram(driver: string, name: string): string | undefined {
  try {
    const answer = execFileSync(driver, [`-print-prog-name=${name}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const answered = answer.trim();
    const file = path.isAbsolute(answered) ? answered : which(answered, process.env['PATH'] ?? '', '/');
    return file === undefined ? undefined : realPath(file);
  } catch {
    return undefined;
  }
}

function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return file;
  }
}
