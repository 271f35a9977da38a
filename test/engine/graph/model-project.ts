import fs from 'node:fs';
import path from 'node:path';
import type { Action } from '../../../engine/graph/action.ts';
import type { Files, SearchPath } from './fake-toolchain.ts';
import { stampUnique, writeUnique } from './fake-spawner.ts';
import { action, group } from './rig.ts';

export const SYMBOLS = ['A', 'B', 'C'] as const;
const MOST_LIBRARIES = 3;
const MOST_SOURCES = 3;

/** One line (or conditional group) of a generated source or header. */
export type Line =
  | { readonly kind: 'word' | 'comment'; readonly number: number }
  | { readonly kind: 'mention' | 'comment-mention'; readonly symbol: number }
  | { readonly kind: 'config' | 'generated' }
  | { readonly kind: 'angle' | 'quote' | 'has'; readonly header: number }
  | { readonly kind: 'conditional'; readonly symbol: number; readonly header: number }
  | { readonly kind: 'next' };

/** Headers included as `<…>` and as `"…"`. Some are named by way of a folder. */
const ANGLE = ['a0.h', 'a1.h', 'sub/a2.h'];
const QUOTE = ['q0.h', 'q1.h', 'sub/q2.h'];

const CONDITIONAL = '#ifdef CONFIG_A\n#include <a1.h>\n#endif\n';
const TEST = '#if __has_include(<sub/a2.h>)\nword has\n#endif\n';

/** What a new source holds, by its number. */
const SOURCES = [
  `#include <config.h>\n#include <a0.h>\n#include "q0.h"\nCONFIG_A\n`,
  `#include <version.h>\n#include <a1.h>\n#include "sub/q2.h"\n// CONFIG_B\n`,
  `#include <config.h>\n#include "q1.h"\n${CONDITIONAL}${TEST}`,
];

/** The headers that there are at first. */
const HEADERS: Readonly<Record<string, string>> = {
  'inc1/a0.h': `#include <config.h>\n${CONDITIONAL}word a0\n`,
  'inc1/a1.h': `${TEST}CONFIG_B\n`,
  'inc1/sub/a2.h': 'word a2\n',
  'quoted/q0.h': '#include "sub/q2.h"\nword q0\n',
  'quoted/q1.h': '#include <a1.h>\n// CONFIG_C\n',
  'quoted/sub/q2.h': 'word q2\n',
};

/** One change that a person makes. Numbers are taken modulo what there is, so that every change fits every project. */
export type Edit =
  | { readonly kind: 'append' | 'replace'; readonly file: number; readonly line: Line }
  | { readonly kind: 'cut' | 'touch'; readonly file: number }
  | { readonly kind: 'symbol'; readonly symbol: number; readonly value: number }
  | { readonly kind: 'flag'; readonly library: number; readonly value: number }
  | { readonly kind: 'warning'; readonly library: number; readonly value: number }
  | { readonly kind: 'file-flag'; readonly library: number; readonly source: number; readonly value: number }
  | { readonly kind: 'add-source' | 'remove-source' | 'rename-library'; readonly library: number }
  | { readonly kind: 'add-header' | 'remove-header'; readonly folder: number; readonly header: number }
  | { readonly kind: 'add-library' | 'remove-library' | 'environment' }
  | { readonly kind: 'tool' | 'template' | 'template-comment' | 'script'; readonly value: number }
  | {
      readonly kind: 'output';
      readonly output: number;
      readonly how: 'delete' | 'edit' | 'truncate' | 'touch';
    }
  | { readonly kind: 'folder'; readonly folder: number }
  | { readonly kind: 'save' | 'restore' };

interface Library {
  readonly number: number;
  readonly name: string;
  readonly sources: readonly number[];
  readonly flag: number;
  readonly warning: number;
  readonly fileFlags: Readonly<Record<number, number>>;
}

interface State {
  readonly files: ReadonlyMap<string, string>;
  readonly libraries: readonly Library[];
  readonly salt: number;
}

/** A project of a few C-like libraries, on the disk and in memory, and the actions that build it. */
export class Project {
  readonly root: string;
  #state: State = { files: new Map(), libraries: [], salt: 0 };
  #saved: State | undefined;
  #number = 0;

  constructor(root: string) {
    this.root = root;
    for (const tool of ['cc', 'ld', 'gen', 'conf']) this.#write(`bin/${tool}`, `${tool} 1\n`);
    this.#write('config', 'A=1\nB=2\n');
    this.#write('version.in', 'word version\n');
    this.#write('image.lds', 'script 0\n');
    // The last folder of each search has every name at first, so that most includes are found.
    for (const [name, text] of Object.entries(HEADERS)) this.#write(name, text);
    fs.mkdirSync(path.join(root, 'inc0'), { recursive: true });
    this.apply({ kind: 'add-library' });
    this.apply({ kind: 'add-library' });
  }

  get files(): ReadonlyMap<string, string> {
    return this.#state.files;
  }

  at(name: string): string {
    return path.join(this.root, name);
  }

  #write(name: string, text: string): void {
    const file = this.at(name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    writeUnique(file, text);
    this.#state = { ...this.#state, files: new Map(this.#state.files).set(file, text) };
  }

  #remove(file: string): void {
    fs.rmSync(file);
    const files = new Map(this.#state.files);
    files.delete(file);
    this.#state = { ...this.#state, files };
  }

  /** Files that a person edits as text: sources and headers. */
  #texts(): string[] {
    return [...this.#state.files.keys()].filter((file) => /\.[ch]$/.test(file)).sort();
  }

  #headerFolders(): string[] {
    return ['inc0', 'inc1', 'quoted', ...this.#state.libraries.map((library) => `src/${library.number}`)];
  }

  #changeLibrary(number: number, change: (library: Library) => Library): void {
    const at = number % this.#state.libraries.length;
    const libraries = this.#state.libraries.map((library, index) =>
      index === at ? change(library) : library,
    );
    this.#state = { ...this.#state, libraries };
  }

  apply(edit: Edit): void {
    const texts = this.#texts();
    const { libraries } = this.#state;
    const textAt = (number: number): string => texts[number % texts.length]!;
    const relative = (file: string): string => path.relative(this.root, file);
    switch (edit.kind) {
      case 'append':
      case 'replace': {
        const file = textAt(edit.file);
        const old = edit.kind === 'append' ? this.#state.files.get(file)! : '';
        this.#write(relative(file), old + lineText(edit.line, this.#spelledIn(file)));
        return;
      }
      case 'cut': {
        const file = textAt(edit.file);
        // Only lines that stand alone: a conditional keeps its three.
        const kept = this.#state.files.get(file)!.replace(/^(?:word|\/\/|CONFIG).*\n(?!#endif)/m, '');
        if (kept !== this.#state.files.get(file)) this.#write(relative(file), kept);
        return;
      }
      case 'touch':
        return stampUnique(textAt(edit.file));
      case 'symbol': {
        const name = SYMBOLS[edit.symbol % SYMBOLS.length]!;
        const lines = this.#state.files.get(this.at('config'))!.split('\n');
        const others = lines.filter((line) => line !== '' && !line.startsWith(`${name}=`));
        const value = edit.value === 0 ? [] : [`${name}=${edit.value}`];
        return this.#write('config', [...others, ...value].sort().join('\n'));
      }
      case 'flag':
        return this.#changeLibrary(edit.library, (library) => ({ ...library, flag: edit.value }));
      case 'warning':
        return this.#changeLibrary(edit.library, (library) => ({ ...library, warning: edit.value }));
      case 'file-flag':
        return this.#changeLibrary(edit.library, (library) => {
          const source = library.sources[edit.source % library.sources.length]!;
          return { ...library, fileFlags: { ...library.fileFlags, [source]: edit.value } };
        });
      case 'add-library': {
        if (libraries.length >= MOST_LIBRARIES) return;
        const number = this.#number++;
        const fresh: Library = {
          number,
          name: `lib${number}`,
          sources: [],
          flag: 0,
          warning: 0,
          fileFlags: {},
        };
        this.#state = { ...this.#state, libraries: [...libraries, fresh] };
        return this.apply({ kind: 'add-source', library: libraries.length });
      }
      case 'remove-library':
        if (libraries.length > 1) this.#state = { ...this.#state, libraries: libraries.slice(1) };
        return;
      case 'rename-library':
        return this.#changeLibrary(edit.library, (library) => ({
          ...library,
          name: library.name.endsWith('x') ? `lib${library.number}` : `${library.name}x`,
        }));
      case 'add-source': {
        const library = libraries[edit.library % libraries.length] ?? this.#state.libraries.at(-1)!;
        if (library.sources.length >= MOST_SOURCES) return;
        const source = [0, 1, 2].find((number) => !library.sources.includes(number))!;
        const name = `src/${library.number}/s${source}.c`;
        if (!this.#state.files.has(this.at(name))) this.#write(name, `${SOURCES[source]!}word ${name}\n`);
        const at = this.#state.libraries.indexOf(library);
        return this.#changeLibrary(at, (old) => ({ ...old, sources: [...old.sources, source] }));
      }
      case 'remove-source':
        return this.#changeLibrary(edit.library, (library) =>
          library.sources.length > 1 ? { ...library, sources: library.sources.slice(1) } : library,
        );
      case 'add-header':
      case 'remove-header': {
        const folders = this.#headerFolders();
        const names = [...ANGLE, ...QUOTE];
        const name = `${folders[edit.folder % folders.length]!}/${names[edit.header % names.length]!}`;
        const there = this.#state.files.has(this.at(name));
        const spelled = this.#spelledIn(name);
        // Half of those that stand in front of another wrap it.
        const wraps = spelled !== undefined && name.startsWith('inc0') && edit.folder % 2 === 0;
        const text = `word ${name}\n${wraps ? `#include_next <${spelled}>\n` : ''}`;
        if (edit.kind === 'add-header' && !there) this.#write(name, text);
        if (edit.kind === 'remove-header' && there) this.#remove(this.at(name));
        return;
      }
      case 'folder': {
        const folders = this.#headerFolders();
        fs.mkdirSync(this.at(`${folders[edit.folder % folders.length]!}/sub`), { recursive: true });
        return;
      }
      case 'environment':
        this.#state = { ...this.#state, salt: (this.#state.salt + 1) % 2 };
        return;
      case 'tool': {
        const tool = edit.value % 2 === 0 ? 'cc' : 'ld';
        return this.#write(`bin/${tool}`, `${tool} ${edit.value}\n`);
      }
      case 'template':
        return this.#write('version.in', `word version ${edit.value}\n`);
      case 'template-comment':
        return this.#write(
          'version.in',
          `${this.#state.files.get(this.at('version.in'))!}// ${edit.value}\n`,
        );
      case 'script':
        return this.#write('image.lds', `script ${edit.value}\n`);
      case 'output':
        return this.#damage(edit.output, edit.how);
      case 'save':
        this.#saved = this.#state;
        return;
      case 'restore':
        return this.#restore();
    }
  }

  /** What `git checkout` of an older state does: only files that differ are written, with the time of now. */
  #restore(): void {
    const saved = this.#saved;
    if (saved === undefined) return;
    for (const file of this.#state.files.keys()) if (!saved.files.has(file)) fs.rmSync(file, { force: true });
    for (const [file, text] of saved.files) {
      if (this.#state.files.get(file) !== text) this.#write(path.relative(this.root, file), text);
    }
    this.#state = saved;
  }

  #damage(number: number, how: 'delete' | 'edit' | 'truncate' | 'touch'): void {
    const outputs = this.actions().flatMap(({ outputs: made }) => made);
    const file = outputs[number % outputs.length]!;
    if (!fs.existsSync(file)) return;
    if (how === 'delete') fs.rmSync(file);
    else if (how === 'edit') writeUnique(file, fs.readFileSync(file, 'utf8').replace(/.$/m, '!'));
    else if (how === 'truncate') writeUnique(file, '');
    else stampUnique(file);
  }

  /** How an include directive would spell this header. */
  #spelledIn(file: string): string | undefined {
    return ANGLE.find((name) => file.endsWith(`/${name}`));
  }

  searchPath(): SearchPath {
    return { quote: [this.at('quoted')], angle: [this.at('gen'), this.at('inc0'), this.at('inc1')] };
  }

  /** The build as it follows from the project's state now. */
  actions(): Action[] {
    const { libraries, salt } = this.#state;
    const program = (name: string): string => this.at(`bin/${name}`);
    const command = (words: readonly string[]): Action['steps'] => [
      { kind: 'shell', text: words.join(' '), shell: ['/bin/sh', '-c'] },
    ];
    const header = this.at('gen/config.h');
    const version = this.at('gen/version.h');
    const configure = action(header, {
      rule: 'Configure',
      inputs: [this.at('config')],
      steps: command([program('conf'), this.at('config'), header]),
      tools: [program('conf')],
    });
    const generate = action(version, {
      rule: 'Generate',
      inputs: [this.at('version.in')],
      steps: command([program('gen'), this.at('version.in'), version]),
      tools: [program('gen')],
    });
    const made: Action[] = [configure, generate, group('prepare', [version, header])];
    const archives: string[] = [];
    const environment = { SALT: `${salt}` };
    const folders = this.searchPath();
    const search = [
      ...folders.quote.flatMap((folder) => ['-iquote', folder]),
      ...folders.angle.flatMap((folder) => ['-I', folder]),
    ];
    for (const library of libraries) {
      const objects = library.sources.map((source) => {
        const object = this.at(`out/${library.name}/s${source}.o`);
        const file = this.at(`src/${library.number}/s${source}.c`);
        const depfile = this.at(`out/${library.name}/.s${source}.d`);
        const flags = [
          `-fLIB=${library.flag}`,
          `-fFILE=${library.fileFlags[source] ?? 0}`,
          `-W${library.warning}`,
        ];
        const words = [program('cc'), ...flags, ...search, '-MF', depfile, '-o', object, file];
        made.push(
          action(object, {
            rule: 'Compile',
            library: library.name,
            inputs: [file, header],
            orderOnly: ['prepare'],
            steps: command(words),
            tools: [program('cc')],
            environment,
            depfile: { path: depfile },
            includePath: folders,
            symbolHeader: header,
          }),
        );
        return object;
      });
      const archive = this.at(`out/${library.name}.o`);
      archives.push(archive);
      made.push(
        action(archive, {
          rule: 'PartialLink',
          library: library.name,
          inputs: objects,
          steps: command([program('ld'), '-r', '-o', archive, ...objects]),
          tools: [program('ld')],
          pool: 'link',
        }),
      );
    }
    const [image, map, script] = [this.at('out/image'), this.at('out/image.map'), this.at('image.lds')];
    made.push(
      action(image, {
        rule: 'Link',
        inputs: archives,
        implicit: [script],
        outputs: [image, map],
        steps: command([program('ld'), '-T', script, '-o', image, '-Map', map, ...archives]),
        tools: [program('ld')],
        pool: 'link',
      }),
      group('all', [image]),
    );
    return made;
  }
}

function lineText(line: Line, ownName: string | undefined): string {
  const symbolOf = (number: number): string => `CONFIG_${SYMBOLS[number % SYMBOLS.length]!}`;
  switch (line.kind) {
    case 'word':
      return `word ${line.number}\n`;
    case 'comment':
      return `// ${line.number}\n`;
    case 'mention':
      return `${symbolOf(line.symbol)}\n`;
    case 'comment-mention':
      return `// ${symbolOf(line.symbol)}\n`;
    case 'config':
      return '#include <config.h>\n';
    case 'generated':
      return '#include <version.h>\n';
    case 'angle':
      return `#include <${ANGLE[line.header % ANGLE.length]!}>\n`;
    case 'quote':
      return `#include "${QUOTE[line.header % QUOTE.length]!}"\n`;
    case 'has':
      return `#if __has_include(<${ANGLE[line.header % ANGLE.length]!}>)\nword has\n#endif\n`;
    case 'conditional':
      return `#ifdef ${symbolOf(line.symbol)}\n#include <${ANGLE[line.header % ANGLE.length]!}>\n#endif\n`;
    case 'next':
      return ownName === undefined ? '' : `#include_next <${ownName}>\n`;
  }
}

/** Files of the model: what the project has, and what was made from it. */
export function modelFiles(...layers: readonly ReadonlyMap<string, string>[]): Files {
  return { read: (file) => layers.map((layer) => layer.get(file)).find((text) => text !== undefined) };
}
