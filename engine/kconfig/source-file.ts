/** A file of the tree. The same name read twice is the same file. */
export class SourceFile {
  /** As it was named: relative to the working folder, or absolute. */
  readonly name: string;
  /** The file whose reading goes on after this one's end. */
  parent: SourceFile | undefined;
  /** Where reading goes on here after a `source`. */
  line = 0;

  constructor(name: string) {
    this.name = name;
  }
}

/** The files of a tree, in the order in which they were first named. */
export class SourceFiles {
  readonly #byName = new Map<string, SourceFile>();

  /** Finds or adds. */
  lookup(name: string): SourceFile {
    let file = this.#byName.get(name);
    if (file === undefined) {
      file = new SourceFile(name);
      this.#byName.set(name, file);
    }
    return file;
  }

  /** Names, first seen first. */
  names(): readonly string[] {
    return [...this.#byName.keys()];
  }
}
