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

type Chain = 'quote' | 'angle' | 'system' | 'after';

const SEARCHED: readonly (readonly [option: string, chain: Chain])[] = [
  ['-I', 'angle'],
  ['-isystem', 'system'],
  ['-iquote', 'quote'],
  ['-idirafter', 'after'],
];

/** The option of a chain of folders that a word starts with. Most words of a command are none: the second letter tells. */
function searchOption(word: string): readonly [option: string, chain: Chain] | undefined {
  const letter = word[1];
  if (word[0] !== '-' || (letter !== 'I' && letter !== 'i')) return undefined;
  return SEARCHED.find(([option]) => word.startsWith(option));
}

const readBefore = new WeakMap<readonly string[], CompilerOptions & { readonly cwd: string }>();

/** Reads GCC's (and Clang's) options; GCC manual, "Directory Options" and "Preprocessor Options". */
export function readCompilerOptions(argv: readonly string[], cwd: string): CompilerOptions {
  const before = readBefore.get(argv);
  if (before?.cwd === cwd) return before;
  const options = { ...readWords(argv, cwd), cwd };
  readBefore.set(argv, options);
  return options;
}

function readWords(argv: readonly string[], cwd: string): CompilerOptions {
  const folders: Record<Chain, string[]> = {
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
      const searched = searchOption(word);
      if (searched === undefined) continue;
      const [option, chain] = searched;
      const folder = word === option ? argv[++at] : word.slice(option.length);
      if (folder !== undefined) folders[chain].push(absolute(cwd, folder));
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

/** `path.resolve`, but for names that need none of it, as nearly all do. */
function absolute(cwd: string, name: string): string {
  return name[0] === '/' && !/\/\/|\/\.|\/$/.test(name) ? name : path.resolve(cwd, name);
}

/** The name of a compiler driver without its cross prefix, version and folder: `gcc`, `clang`, `g++`. */
export function compilerKind(program: string): 'gcc' | 'clang' | undefined {
  const match = /(?:^|[/-])(gcc|g\+\+|cc|c\+\+|clang|clang\+\+)(?:-[\d.]+)?$/.exec(program);
  if (match === null) return undefined;
  return match[1]!.startsWith('clang') ? 'clang' : 'gcc';
}
