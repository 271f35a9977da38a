import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, isSeq, YAMLMap, type Document } from 'yaml';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { isListAt, parseForEdit, putInList, removeInText, setInText } from './splice.ts';
import { readText } from './text.ts';
import { writeWhole } from './write-whole.ts';

/**
 * A manifest that is being changed. Only what is set or removed changes: comments, order, blank lines, quotes and
 * versions such as `staging` stay as they are written, byte for byte. Variables are not replaced.
 *
 * Each change is made twice: on the parsed document, which says what must come out, and in the text. Where the text
 * does not come out equal (an unusual layout), the document is printed anew instead.
 */
export class ManifestEditor {
  readonly file: string;
  private readonly original: string;
  private text: string;

  private constructor(file: string, text: string) {
    this.file = file;
    this.original = text;
    this.text = text;
  }

  /** Opens a manifest that `readManifest` accepts. */
  static open(file: string): Result<ManifestEditor, Diagnostic> {
    const text = readText(file);
    if (!text.ok) return text;
    const document = parseForEdit(text.value);
    if (document.errors.length > 0 || !isMap(document.contents)) {
      const location = { file, line: 0, column: 0 };
      return fail({ message: 'this manifest cannot be changed: it is not valid', location });
    }
    return ok(new ManifestEditor(file, text.value));
  }

  /** The version written for a library; undefined where none is written, null when the library is not there. */
  libraryVersion(name: string): string | undefined | null {
    const libraries = parseForEdit(this.text).get('libraries', true);
    if (!isMap(libraries) || !libraries.has(name)) return null;
    const value = libraries.get(name, true);
    const version = isMap(value) ? value.get('version', true) : value;
    if (!isScalar(version) || version.value === null) return undefined;
    return typeof version.value === 'string' ? version.value : version.source;
  }

  /** The names of the libraries, in order. */
  libraries(): string[] {
    const libraries = parseForEdit(this.text).get('libraries', true);
    if (!isMap(libraries)) return [];
    return libraries.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : []));
  }

  /**
   * Adds a library at the end of `libraries`, or gives the one that is there another version (none given: its own
   * stays); its `kconfig` and the comments stay.
   */
  setLibrary(name: string, version: string | undefined, source?: string): void {
    this.setVersion(['libraries', name], version);
    if (source !== undefined) this.set(['libraries', name, 'source'], source);
  }

  /** Gives the core another version. */
  setCore(version: string | undefined, source?: string): void {
    this.setVersion(['unikraft'], version);
    if (source !== undefined) this.set(['unikraft', 'source'], source);
  }

  /** @returns false when there is no such library */
  removeLibrary(name: string): boolean {
    const names = this.libraries();
    if (!names.includes(name)) return false;
    const path = names.length === 1 ? ['libraries'] : ['libraries', name];
    this.change(
      (document) => document.deleteIn(path),
      (text) => removeInText(text, path),
    );
    return true;
  }

  /** Sets an option of the core (`library` undefined) or of a library, in the form, list or map, that is there. */
  setKconfig(library: string | undefined, option: string, value: string): void {
    const path = [...(library === undefined ? ['unikraft'] : ['libraries', library]), 'kconfig'];
    const bare = option.replace(/^CONFIG_/, '');
    if (!isListAt(this.text, path)) {
      const kconfig = parseForEdit(this.text).getIn(path, true);
      const key = isMap(kconfig) && kconfig.has(bare) ? bare : `CONFIG_${bare}`;
      this.set([...path, key], value);
      return;
    }
    const item = `CONFIG_${bare}=${value}`;
    const matches = (text: string) => text.replace(/^CONFIG_/, '').startsWith(`${bare}=`);
    this.change(
      (document) => {
        const list = document.getIn(path, true);
        if (!isSeq(list)) return;
        const at = list.items.findIndex((each) => isScalar(each) && matches(String(each.value)));
        list.set(at < 0 ? list.items.length : at, item);
      },
      (text) => putInList(text, path, item, matches),
    );
  }

  toString(): string {
    return this.text;
  }

  /**
   * Writes the file if it changed, complete or not at all.
   * @returns whether it changed
   */
  save(): Result<boolean, Diagnostic> {
    if (this.text === this.original) return ok(false);
    const written = writeWhole(this.file, this.text);
    return written.ok ? ok(true) : written;
  }

  /** A component's version, in the short form unless there is a map already. */
  private setVersion(path: string[], version: string | undefined): void {
    const document = parseForEdit(this.text);
    if (version === undefined && document.hasIn(path)) return;
    this.set(isMap(document.getIn(path, true)) ? [...path, 'version'] : path, version);
  }

  private set(path: string[], value: string | undefined): void {
    this.change(
      (document) => setInDocument(document, path, value),
      (text) => setInText(text, path, value),
    );
  }

  private change(
    onDocument: (document: Document) => void,
    onText: (text: string) => string | undefined,
  ): void {
    const document = parseForEdit(this.text);
    onDocument(document);
    const text = onText(this.text);
    if (text !== undefined) {
      const changed = parseForEdit(text);
      if (changed.errors.length === 0 && isDeepStrictEqual(changed.toJS(), document.toJS())) {
        this.text = text;
        return;
      }
    }
    const printed = document.toString({ lineWidth: 0 });
    this.text = this.original.includes('\r\n') ? printed.replaceAll('\n', '\r\n') : printed;
  }
}

/** What `setInText` does, on the document. */
function setInDocument(document: Document, path: readonly string[], value: string | undefined): void {
  for (let length = 1; length < path.length; length++) {
    const above = path.slice(0, length);
    const current = document.getIn(above, true);
    if (isMap(current)) continue;
    const map = new YAMLMap();
    if (isScalar(current) && current.value !== null) map.set('version', current);
    document.setIn(above, map);
  }
  document.setIn(path, value ?? null);
}
