import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { toPath } from './bytes.ts';
import { patternMatcher } from './glob.ts';
import type { Run } from './run.ts';
import { MakeStop } from './stop.ts';
import { compareBytes } from './words.ts';

/** `archive(member)` taken apart; undefined for other names (manual, "Archive Members"). */
export function splitMember(name: string): { readonly archive: string; readonly member: string } | undefined {
  if (!name.endsWith(')')) return undefined;
  const open = name.indexOf('(');
  if (open <= 0 || open === name.length - 2) return undefined;
  if (name[open + 1] === '(' && name.endsWith('))')) {
    throw new MakeStop(`attempt to use unsupported feature: '${name}'`, undefined);
  }
  return { archive: name.slice(0, open), member: name.slice(open + 1, -1) };
}

/** One member as the archive's headers describe it. */
interface Member {
  readonly name: string;
  /** The name was cut to the 15 characters that a header holds. */
  readonly truncated: boolean;
  /** Seconds since 1970; 0 if the archive keeps none. */
  readonly date: number;
  /** Where its header begins. */
  readonly position: number;
}

const MAGIC = '!<arch>\n';
const HEADER = 60;
const LONGEST_SHORT_NAME = 15;

/** Reads an archive's headers; undefined if it is none. */
function readMembers(bytes: string): Member[] | undefined {
  if (!bytes.startsWith(MAGIC)) return undefined;
  const members: Member[] = [];
  let longNames = '';
  let position = MAGIC.length;
  while (position + HEADER <= bytes.length) {
    const header = bytes.slice(position, position + HEADER);
    const field = (start: number, length: number): string => header.slice(start, start + length).trim();
    const size = Number.parseInt(field(48, 10), 10);
    if (Number.isNaN(size) || size < 0) return undefined;
    const data = position + HEADER;
    const raw = field(0, 16);
    if (raw === '//') {
      longNames = bytes.slice(data, data + size);
    } else if (raw !== '/' && raw !== '/SYM64/') {
      const index = /^\/(\d+)$/.exec(raw)?.[1];
      const name =
        index === undefined ? raw.replace(/\/$/, '') : longNames.slice(Number(index)).split(/\/?\n/)[0]!;
      members.push({
        name,
        truncated: index === undefined && !raw.endsWith('/') && name.length >= LONGEST_SHORT_NAME,
        date: Number.parseInt(field(16, 12), 10) || 0,
        position,
      });
    }
    position = data + size + (size % 2);
  }
  return members;
}

function isNamed(member: Member, name: string): boolean {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (member.truncated) return base.startsWith(member.name.slice(0, LONGEST_SHORT_NAME));
  return base === member.name;
}

/** Looks into archives on behalf of one run. */
export class Archives {
  private readonly run: Run;

  constructor(run: Run) {
    this.run = run;
  }

  private members(archive: string): Member[] | undefined {
    const bytes = this.run.host.readFile(this.run.directories.path(archive));
    return bytes === undefined ? undefined : readMembers(bytes);
  }

  /** When a member was last changed, in ms; undefined if there is none, or the archive keeps no dates. */
  date(archive: string, member: string): number | undefined {
    const found = this.members(archive)?.find((each) => isNamed(each, member));
    return found === undefined || found.date <= 0 ? undefined : found.date * 1000;
  }

  /** `archive(pattern)`: the members that match, as `archive(member)`. */
  glob(archive: string, pattern: string): string[] {
    const matcher = patternMatcher(pattern);
    const names = (this.members(archive) ?? [])
      .map(({ name }) => name)
      .filter((name) => matcher.test(name) && (!name.startsWith('.') || pattern.startsWith('.')));
    return names.map((name) => `${archive}(${name})`).sort(compareBytes);
  }

  /** Gives a member the archive's time (`-t`). @returns what is wrong; undefined if it was done */
  touch(archive: string, member: string): string | undefined {
    const path = this.run.directories.path(archive);
    if (this.run.host.readFile(path) === undefined) return `touch: Archive '${archive}' does not exist`;
    const members = this.members(archive);
    if (members === undefined) return `touch: '${archive}' is not a valid archive`;
    const found = members.find((each) => isNamed(each, member));
    if (found === undefined) return `touch: Member '${member}' does not exist in '${archive}'`;
    const fd = openSync(toPath(path), 'r+');
    try {
      const date = String(Math.floor(fstatSync(fd).mtimeMs / 1000)).padEnd(12);
      writeSync(fd, Buffer.from(date, 'latin1'), 0, 12, found.position + 16);
      return undefined;
    } finally {
      closeSync(fd);
    }
  }
}

/** True if a file, or a member of an archive, exists as far as directory listings tell. */
export function fileExists(run: Run, name: string): boolean {
  const parts = splitMember(name);
  if (parts === undefined) return run.directories.exists(name);
  return run.archives.date(parts.archive, parts.member) !== undefined;
}
