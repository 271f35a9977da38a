import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/** What a project's sources look like to somebody who ports them. Paths are relative to the sources' top. */
export interface SourceSurvey {
  /** Source files of the library itself, in order. */
  readonly sources: readonly string[];
  /** Source files with a `main`: programs, tests and the like that were not left out by their folder. */
  readonly programs: readonly string[];
  /** Folders whose headers are for the library's users. */
  readonly publicIncludes: readonly string[];
  /** Folders whose headers only the library itself needs. */
  readonly privateIncludes: readonly string[];
  /** Headers of the project that it includes, but that its own build system would have to make first. */
  readonly missingHeaders: readonly string[];
}

/** Folders in which nothing is that belongs into a unikernel. */
const leftOut =
  /^(tests?|testing|t|examples?|samples?|demos?|docs?|bench(marks?)?|fuzz(ing|ers?)?|contrib|tools|utils|scripts|cmake|build|m4|debian|win32|windows|vms|os2|python|java|\..*)$/i;

const sourceName = /\.(c|cc|cpp|cxx|S)$/;
const headerName = /\.(h|hh|hpp|hxx)$/;

/** A library of a few thousand files is read in a second; more than this is no library to start from. */
const fileLimit = 20_000;

/** Looks through the sources in `folder`. */
export function surveySources(folder: string): SourceSurvey {
  const files = walk(folder);
  const headers = files.filter((file) => headerName.test(file));
  const kept = new Set(files.filter((file) => sourceName.test(file)));
  const texts = new Map<string, string>();
  for (const file of [...kept, ...headers]) texts.set(file, readText(join(folder, file)));
  const sources = chooseSources([...kept]);
  const programs = sources.filter((file) => definesMain(texts.get(file)!));
  const library = sources.filter((file) => !programs.includes(file));

  const includes = new Set<string>();
  const missing = new Set<string>();
  const visited = new Set<string>();
  const queue = [...library, ...programs];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (visited.has(file)) continue;
    visited.add(file);
    for (const { name, quoted } of includesOf(texts.get(file) ?? '')) {
      const beside = normalize(join(dirname(file), name));
      if (quoted && texts.has(beside)) {
        queue.push(beside);
        continue;
      }
      const found = headers.filter((header) => header === name || header.endsWith(`/${name}`));
      const header = found.find((each) => /(^|\/)include\//.test(each)) ?? found[0];
      if (header !== undefined) {
        includes.add(header.slice(0, header.length - name.length).replace(/\/$/, '') || '.');
        queue.push(header);
      } else if (isGenerated(folder, name, quoted)) {
        missing.add(name);
      }
    }
  }
  const hasIncludeFolder = headers.some((header) => header.startsWith('include/'));
  const isPublic = (path: string) => (hasIncludeFolder ? path === 'include' : false);
  const publicIncludes = hasIncludeFolder ? ['include'] : publicFolder(headers);
  return {
    sources: library,
    programs,
    publicIncludes,
    privateIncludes: [...includes].filter((path) => !isPublic(path) && !publicIncludes.includes(path)).sort(),
    missingHeaders: [...missing].sort(),
  };
}

function walk(folder: string): string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (found.length > fileLimit) return;
      const full = join(path, entry.name);
      if (entry.isDirectory()) {
        if (!leftOut.test(entry.name)) visit(full);
      } else if (entry.isFile()) found.push(relative(folder, full));
    }
  };
  visit(folder);
  // Names that make would split or expand cannot be sources of a Makefile.uk.
  return found.filter((file) => /^[\w./+@-]+$/.test(file)).sort();
}

function readText(file: string): string {
  return statSync(file).size > 4_000_000 ? '' : readFileSync(file, 'latin1');
}

/** Sources in `src`, `lib` or `source` are the library; in a project without these folders all are. */
function chooseSources(sources: readonly string[]): string[] {
  const usual = sources.filter((file) => /^(src|lib|source|sources)\//.test(file));
  return usual.length > 0 ? usual : [...sources];
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"/g, (match) =>
    match.startsWith('"') ? '""' : ' ',
  );
}

/** True for a file with a definition of `main`: the name, its parameters, and then a body. */
function definesMain(text: string): boolean {
  const code = withoutComments(text);
  for (const match of code.matchAll(/^[ \t]*(?:\w+[ \t*]+){0,4}main[ \t]*\(/gm)) {
    let at = match.index + match[0].length;
    const limit = Math.min(code.length, at + 2_000);
    for (let open = 1; at < limit && open > 0; at++) {
      if (code[at] === '(') open++;
      else if (code[at] === ')') open--;
    }
    if (/^\s*\{/.test(code.slice(at, at + 200))) return true;
  }
  return false;
}

function includesOf(text: string): { name: string; quoted: boolean }[] {
  return [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)/gm)].map((match) => ({
    name: match[1] ?? match[2]!,
    quoted: match[1] !== undefined,
  }));
}

/** Folders of headers that belong to systems. */
const systemFolder = /^(linux|sys|net|netinet|netpacket|arpa|asm|asm-generic|bits|mach|machine|rpc)\//;

/** True for a header that the project's configure script, CMake or meson makes out of a template. */
function isGenerated(folder: string, name: string, quoted: boolean): boolean {
  // `linux/version.h` is the system's, although the project may have a version.h.in of its own.
  if (systemFolder.test(name)) return false;
  const base = name.split('/').at(-1)!;
  const templates = [`${base}.in`, `${base}.cmake`, `${base}.cmake.in`, `${base}.in.cmake`, `${base}.meson`];
  const places = ['', 'src', 'include', 'lib', 'cmake', dirname(name)];
  const hasTemplate = places.some((place) =>
    templates.some((template) => existsSync(join(folder, place, template))),
  );
  if (hasTemplate) return true;
  const isConfig = /config\.h$/.test(base);
  return (
    quoted &&
    isConfig &&
    ['configure', 'configure.ac', 'CMakeLists.txt', 'meson.build'].some((file) =>
      existsSync(join(folder, file)),
    )
  );
}

/** Without an `include` folder: the folder of the headers, if they all lie in one. */
function publicFolder(headers: readonly string[]): string[] {
  const folders = new Set(headers.map((header) => dirname(header)));
  const [only] = folders;
  return folders.size === 1 && only !== undefined ? [only] : [];
}
