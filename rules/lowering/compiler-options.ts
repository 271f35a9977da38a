import path from 'node:path';
import type { IncludePath } from '../../engine/graph/action.ts';

/** What the words of a compiler's command line say that matters to the build. */
export interface CompilerOptions {
  /** `-c`, or `-E` for a linker script; a link otherwise. */
  readonly mode: 'compile' | 'preprocess' | 'link';
  /** `-r`, given to the driver or through `-Wl`. */
  readonly relocatable: boolean;
  readonly includePath: IncludePath;
  /** File that `-MD` and its kin write, absolute. */
  readonly depfile?: string;
}

const SEARCHED: Readonly<Record<string, 'quote' | 'angle' | 'system' | 'after'>> = {
  '-iquote': 'quote',
  '-I': 'angle',
  '-isystem': 'system',
  '-idirafter': 'after',
};

/** Reads GCC's (and Clang's) options; GCC manual, "Directory Options" and "Preprocessor Options". */
export function readCompilerOptions(argv: readonly string[], cwd: string): CompilerOptions {
  const folders: Record<'quote' | 'angle' | 'system' | 'after', string[]> = {
    quote: [],
    angle: [],
    system: [],
    after: [],
  };
  let mode: CompilerOptions['mode'] = 'link';
  let relocatable = false;
  let depfile: string | undefined;
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '-c') mode = 'compile';
    else if (word === '-E') mode = 'preprocess';
    else if (word === '-r' || word === '-Wl,-r') relocatable = true;
    else if (word.startsWith('-Wp,-MD,')) depfile = word.slice('-Wp,-MD,'.length);
    else if (word.startsWith('-Wp,-MMD,')) depfile = word.slice('-Wp,-MMD,'.length);
    else if (word === '-MF') depfile = argv[at + 1];
    else {
      const option = Object.keys(SEARCHED).find((name) => word.startsWith(name));
      if (option === undefined) continue;
      const folder = word === option ? argv[++at] : word.slice(option.length);
      if (folder !== undefined) folders[SEARCHED[option]!].push(path.resolve(cwd, folder));
    }
  }
  return {
    mode,
    relocatable,
    includePath: {
      quote: folders.quote,
      angle: [...new Set([...folders.angle, ...folders.system, ...folders.after])],
    },
    ...(depfile !== undefined && { depfile: path.resolve(cwd, depfile) }),
  };
}

/** The name of a compiler driver without its cross prefix, version and folder: `gcc`, `clang`, `g++`. */
export function compilerKind(program: string): 'gcc' | 'clang' | undefined {
  const match = /(?:^|[/-])(gcc|g\+\+|cc|c\+\+|clang|clang\+\+)(?:-[\d.]+)?$/.exec(program);
  if (match === null) return undefined;
  return match[1]!.startsWith('clang') ? 'clang' : 'gcc';
}
