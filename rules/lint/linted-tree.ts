import type { Location } from '../../engine/location.ts';
import { toBytes, toText } from '../../engine/make/bytes.ts';
import { skipReference } from '../../engine/make/quoting.ts';
import { splitText, type EvaluatedWorkspace } from '../variables/evaluated-workspace.ts';
import { knownLibraries, type KnownLibrary } from '../variables/libraries.ts';
import { RecipeReferences } from '../variables/recipe-references.ts';
import type { WrittenAssignment } from '../variables/written-makefile.ts';
import { ReadIndex } from './read-index.ts';

/** A word of a variable's value, and where it was written. */
export interface PlacedWord {
  readonly word: string;
  readonly location: Location;
}

/** An evaluated tree with what several rules ask of it. */
export class LintedTree {
  readonly evaluated: EvaluatedWorkspace;
  readonly libraries: ReadonlyMap<string, KnownLibrary>;
  readonly reads: ReadIndex;
  readonly recipes: RecipeReferences;
  readonly #placed = new Map<string, readonly PlacedWord[]>();

  constructor(evaluated: EvaluatedWorkspace) {
    this.evaluated = evaluated;
    this.libraries = knownLibraries(evaluated);
    this.reads = new ReadIndex(evaluated);
    this.recipes = new RecipeReferences(evaluated);
  }

  /**
   * Whether a file is one of the library's: in its folder, and in no library's folder inside that. An application may hold
   * the build folder, with a link to the core's Makefile, and the core itself.
   */
  owns(library: KnownLibrary, file: string): boolean {
    const { cwd, workspace } = this.evaluated;
    if (!isInside(file, library.folder)) return false;
    for (const other of [cwd, workspace.build, workspace.core])
      if (isInside(file, other) && !isInside(library.folder, other)) return false;
    for (const { folder } of this.libraries.values())
      if (folder.length > library.folder.length && isInside(file, folder)) return false;
    return true;
  }

  /** The assignments that a library's own makefiles make, those inside macros left out. */
  *assignmentsOf(library: KnownLibrary): Iterable<WrittenAssignment> {
    for (const { file, assignments } of this.evaluated.written) {
      if (!this.owns(library, toText(file))) continue;
      for (const assignment of assignments) if (!assignment.isDeferred) yield assignment;
    }
  }

  /**
   * The words of a variable's value with their places. A variable that is taken up whole is followed to where its
   * words are written.
   */
  placedWords(name: string): readonly PlacedWord[] {
    const known = this.#placed.get(name);
    if (known !== undefined) return known;
    this.#placed.set(name, []); // a variable that takes itself up
    const view = this.evaluated.database.variables.get(toBytes(name));
    const actual = new Set(this.evaluated.words(name));
    const words: PlacedWord[] = [];
    for (const { location, text } of view?.assignments ?? []) {
      for (const written of writtenWords(text)) {
        const taken = /^\$[({]([\w.-]+)[)}]$/.exec(written)?.[1];
        const inner =
          taken === undefined ? [] : this.placedWords(taken).filter(({ word }) => actual.has(word));
        if (inner.length > 0) {
          words.push(...inner);
          continue;
        }
        for (const word of splitText(this.evaluated.expand(toText(written)) ?? '')) {
          if (actual.has(word)) words.push({ word, location: this.locate(location, written) });
        }
      }
    }
    this.#placed.set(name, words);
    return words;
  }

  /** Words of `NAME` and `NAME-y`. */
  bothForms(name: string): PlacedWord[] {
    return [...this.placedWords(name), ...this.placedWords(`${name}-y`)];
  }

  /** A line's place with the column of a word that is written in it or in the lines that continue it. */
  locate({ file, line }: Location, written: string): Location {
    const lines = this.evaluated.text(file)?.split('\n') ?? [];
    for (let at = line - 1; at < lines.length; at++) {
      const column = lines[at]!.indexOf(written);
      if (column >= 0) return { file: toText(file), line: at + 1, column: column + 1 };
      if (!lines[at]!.endsWith('\\')) break;
    }
    const first = lines[line - 1]?.search(/\S/) ?? 0;
    return { file: toText(file), line, column: Math.max(0, first) + 1 };
  }

  /** Whether a rule makes a file. One that does nothing (`@:`) says only that another made it (Makefile.rules, unarchive). */
  isMade(file: string): boolean {
    const recipe = this.evaluated.database.resolve(toBytes(file))?.recipe;
    return recipe?.lines.some((line) => !/^[@+-]*\s*:?\s*$/.test(line)) === true;
  }
}

export function isInside(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}

/** The words of an unexpanded text; blanks inside a reference part none. */
function writtenWords(text: string): string[] {
  const words: string[] = [];
  let word = '';
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at);
    if (char === '$' && '({'.includes(text.charAt(at + 1) || ' ')) {
      const end = skipReference(text, at);
      word += text.slice(at, end);
      at = end;
      continue;
    }
    if (/\s/.test(char) || (char === '\\' && text.charAt(at + 1) === '\n')) {
      if (word !== '') words.push(word);
      word = '';
    } else word += char;
    at++;
  }
  return word === '' ? words : [...words, word];
}
