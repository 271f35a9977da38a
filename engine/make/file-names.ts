import type { Directories } from './directories.ts';
import { splitMember } from './archive.ts';
import { glob, hasMagic, hasWildcard } from './glob.ts';
import type { MakeHost } from './host.ts';
import { findUnquotedOf } from './quoting.ts';
import { isBlank, isSpace, trim } from './words.ts';

/** From this length on, a list is worth remembering. */
const LONG = 256;

/** How a list of file names is read. */
export interface FileNameOptions {
  /** Unquoted characters at which the list ends. */
  readonly stops?: string;
  /** Keep `./` in front of names. */
  readonly keepDotSlash?: boolean;
  /** Do not expand wildcards. */
  readonly noGlob?: boolean;
  /** Only names that exist (`$(wildcard)`). */
  readonly existing?: boolean;
  /** Blanks do not end a name. */
  readonly oneWord?: boolean;
  /** Parentheses mean nothing. */
  readonly noArchives?: boolean;
  /** Put in front of every name. */
  readonly prefix?: string;
}

export interface FileNameList {
  readonly names: readonly string[];
  /** What was not read: '' or a text that begins with a stop. */
  readonly rest: string;
}

/** Reads lists of file names: targets, prerequisites, includes (manual, "Wildcards", "Rule Syntax"). */
export class FileNames {
  private readonly directories: Directories;
  private readonly host: MakeHost;
  private readonly home: (user: string) => string | undefined;
  private readonly archiveMembers: (archive: string, pattern: string) => string[];
  /** The last long list. */
  private last: { readonly list: string; readonly keepDotSlash: boolean; readonly names: readonly string[] } =
    {
      list: '',
      keepDotSlash: false,
      names: [],
    };

  /**
   * @param home the home directory of a user; of the caller for ''
   * @param archiveMembers the members of an archive that match, as `archive(member)`
   */
  constructor(
    directories: Directories,
    host: MakeHost,
    home: (user: string) => string | undefined,
    archiveMembers: (archive: string, pattern: string) => string[],
  ) {
    this.directories = directories;
    this.host = host;
    this.home = home;
    this.archiveMembers = archiveMembers;
  }

  parse(text: string, options: FileNameOptions = {}): FileNameList {
    const { stops = '', oneWord = false, prefix = '' } = options;
    if (!oneWord && stops === '' && options.existing !== true && !MEANS_MORE.test(text)) {
      return { names: this.plainNames(text, options.keepDotSlash === true, prefix), rest: '' };
    }
    const names: string[] = [];
    let current = text;
    let at = 0;
    const ends = oneWord ? stops : `${stops} \t`;
    // Inside `lib(a b)` each member stands for `lib(member)`.
    let archive = '';
    for (;;) {
      while (at < current.length && isSpace(current.charCodeAt(at))) at++;
      if (at >= current.length || stops.includes(current.charAt(at))) break;
      const found = findUnquotedOf(current, ends, false, at);
      current = found.text;
      const end = found.index < 0 ? current.length : found.index;
      let name = current.slice(at, end);
      at = end;
      if (options.keepDotSlash !== true) name = stripDotSlash(name);
      if (options.noArchives === true) {
        // Names of makefiles are taken as they are.
      } else if (archive === '' && name.includes('(') && !name.startsWith('(') && !name.endsWith(')')) {
        if (groupEnds(current, at)) {
          const open = name.indexOf('(');
          archive = name.slice(0, open + 1);
          name = name.slice(open + 1);
          if (name === '') continue;
          name = `${archive}${name})`;
        }
      } else if (archive !== '') {
        const last = name.endsWith(')');
        const member = last ? name : `${name})`;
        const full = archive + member;
        if (last) archive = '';
        if (member === ')') continue;
        name = full;
      }
      this.add(name, options, names);
    }
    return { names: prefix === '' ? names : names.map((name) => prefix + name), rest: current.slice(at) };
  }

  /**
   * The names of a list without anything special. Dependency files give each list twice, for what depends on it and as
   * targets of an empty rule: the second time it is known.
   */
  private plainNames(text: string, keepDotSlash: boolean, prefix: string): readonly string[] {
    if (text.length < LONG || prefix !== '') return plainNames(text, keepDotSlash, prefix);
    const list = trim(text);
    const { last } = this;
    if (last.list === list && last.keepDotSlash === keepDotSlash) return last.names;
    const names = plainNames(list, keepDotSlash, '');
    this.last = { list, keepDotSlash, names };
    return names;
  }

  private add(name: string, options: FileNameOptions, names: string[]): void {
    if (options.noGlob === true) {
      names.push(name);
      return;
    }
    const expanded = name.startsWith('~') ? (this.expandTilde(name) ?? name) : name;
    if (options.existing !== true && !hasWildcard(expanded)) {
      names.push(expanded);
      return;
    }
    const parts = options.noArchives === true ? undefined : splitMember(expanded);
    if (parts !== undefined) {
      this.addMembers(parts.archive, parts.member, options, names);
      return;
    }
    const found = glob(expanded, this.directories, this.host);
    if (found.length > 0) names.push(...found);
    else if (options.existing !== true) names.push(expanded);
  }

  private addMembers(archive: string, member: string, options: FileNameOptions, names: string[]): void {
    const archives = glob(archive, this.directories, this.host);
    const kept = archives.length === 0 && options.existing !== true ? [archive] : archives;
    for (const each of kept) {
      const members = hasMagic(member) ? this.archiveMembers(each, member) : [];
      if (members.length === 0) names.push(`${each}(${member})`);
      // As GNU Make 4.3 has it, $(wildcard) says the archive for each of its members.
      else names.push(...(options.existing === true ? members.map(() => archive) : members));
    }
  }

  /** `~` or `~user` at the beginning; undefined if there is no such user. */
  expandTilde(name: string): string | undefined {
    const slash = name.indexOf('/');
    const user = slash < 0 ? name.slice(1) : name.slice(1, slash);
    const home = this.home(user);
    return home === undefined ? undefined : home + (slash < 0 ? '' : name.slice(slash));
  }
}

/** A character that could mean more than itself in a list of names. */
const MEANS_MORE = /[\\*?[~(]/;

function plainNames(text: string, keepDotSlash: boolean, prefix: string): string[] {
  const names: string[] = [];
  let at = 0;
  const { length } = text;
  for (;;) {
    while (at < length && isSpace(text.charCodeAt(at))) at++;
    if (at >= length) return names;
    const start = at;
    while (at < length && !isBlank(text.charCodeAt(at))) at++;
    const name = text.slice(start, at);
    names.push(prefix + (keepDotSlash || !name.startsWith('./') ? name : stripDotSlash(name)));
  }
}

/** `./a` and `.//a` are `a`; `./` alone stays. */
export function stripDotSlash(name: string): string {
  let start = 0;
  while (name.length - start > 2 && name[start] === '.' && name[start + 1] === '/') {
    start += 2;
    while (name[start] === '/') start++;
  }
  return start === name.length ? './' : start === 0 ? name : name.slice(start);
}

/** True if a later word ends the archive group. */
function groupEnds(text: string, from: number): boolean {
  return /[^ \t]*\)(?:[ \t]|$)/.test(text.slice(from));
}
