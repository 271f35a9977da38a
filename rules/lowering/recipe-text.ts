/**
 * The texts that Unikraft's macros make of a recipe line (support/build/Makefile.rules, "Command calling"), and how
 * to take them apart. A line of another form is left as it is.
 */

/** What `verbose_cmd` wraps: `printf '  %-7s %s\n' 'LABEL' 'text' && command`. */
export interface LabelledLine {
  readonly label: string;
  readonly text: string;
  readonly command: string;
}

// A shell word made of quoted and plain pieces, as in 'libfoo':' file.o'.
const WORD = `((?:'[^']*'|[^\\s'"&;|<>$\`\\\\])+)`;
const LABELLED = new RegExp(`^\\s*printf '  %-7s %s\\\\n' +${WORD} +${WORD} *&&\\s*([\\s\\S]*)$`);

const unquote = (word: string): string => word.replaceAll("'", '');

/** Takes the progress message off a recipe line. */
export function readLabelled(line: string): LabelledLine | undefined {
  const match = LABELLED.exec(line);
  if (match === null) return undefined;
  return { label: unquote(match[1]!).trim(), text: unquote(match[2]!).trim(), command: match[3]!.trim() };
}

/** `fixdep DEPFILE TARGET 'command' > DEPENDENCIES && rm -f DEPFILE`, the second line of `build_cmd_fixdep`. */
export interface FixdepLine {
  readonly depfile: string;
  readonly dependencies: string;
}

const FIXDEP = /^\s*(\S*\/fixdep) (\S+) (\S+) '[\s\S]*'\s*>\s*(\S+)\s*&&\s*(?:\\\n\s*)?rm -f (\S+)\s*$/;

export function readFixdep(line: string, fixdep: string): FixdepLine | undefined {
  const match = FIXDEP.exec(line);
  if (match === null || match[1] !== fixdep || match[2] !== match[5]) return undefined;
  return { depfile: match[2]!, dependencies: match[4]! };
}

/** Whether a recipe line does nothing: empty, `:`, `true`. */
export function isNoOperation(line: string): boolean {
  return /^\s*(?::|true)?\s*$/.test(line);
}

/** `conf --syncconfig CORE/Config.uk` with its environment in front, as the rule for config.h has it. */
export interface ConfLine {
  readonly environment: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
}

/**
 * Splits the assignments from a command's words.
 * @returns undefined unless the program is `conf`
 */
export function readConf(words: readonly string[], conf: string): ConfLine | undefined {
  const environment: Record<string, string> = {};
  let at = 0;
  for (; at < words.length; at++) {
    const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(words[at]!);
    if (assignment === null) break;
    environment[assignment[1]!] = assignment[2]!;
  }
  return words[at] === conf ? { environment, argv: words.slice(at + 1) } : undefined;
}

/** `wget … -O FILE URL || wget … -O FILE URL2 || rm -f FILE`, the recipe of `fetch` and its kin. */
export interface FetchLine {
  readonly file: string;
  readonly urls: readonly string[];
}

export function readFetch(command: string): FetchLine | undefined {
  const alternatives = command.split('||').map((part) => part.trim());
  const last = alternatives.pop();
  const urls: string[] = [];
  let file: string | undefined;
  for (const part of alternatives) {
    const match = /^\S*wget (?:-q )?(?:--show-progress )?(?:--progress=\S+ )?-O (\S+) (\S+)$/.exec(part);
    if (match === null || (file !== undefined && match[1] !== file)) return undefined;
    file = match[1]!;
    urls.push(match[2]!.replace(/^(['"])(.*)\1$/, '$2'));
  }
  return file !== undefined && last === `rm -f ${file}` ? { file, urls } : undefined;
}

/** The test that `chksum_cmd` makes. */
export interface ChecksumLine {
  readonly algorithm: 'MD5' | 'SHA1' | 'SHA256' | 'SHA512';
  readonly file: string;
  readonly expected: string;
}

const CHECKSUM =
  /^if ! \[\[ "`(\w+)sum(?: -b)? - < "?([^"\s]+)"?`" =~ \^([0-9A-Fa-f]+)\[\[:space:\]\] \]\]; then echo "[^"]*" 1>&2; exit 1; fi\s*$/;

export function readChecksum(command: string): ChecksumLine | undefined {
  const match = CHECKSUM.exec(command.replace(/\\\n/g, ''));
  const algorithm = match?.[1]?.toUpperCase();
  if (algorithm !== 'MD5' && algorithm !== 'SHA1' && algorithm !== 'SHA256' && algorithm !== 'SHA512')
    return undefined;
  return { algorithm, file: match![2]!, expected: match![3]!.toLowerCase() };
}

/** Unpacking an archive to a library's origin folder and touching its stamp. */
export interface UnpackLine {
  readonly archive: string;
  readonly folder: string;
  readonly stamp: string;
}

const UNTAR = /^\S*tar -x[zJj]f (\S+)\s+(?:\\\n\s*)?-C (\S+)\s*&&\s*(?:\\\n\s*)?touch (\S+)\s*$/;
const UNZIP = /^\S*unzip (?:-qq )?(?:-u )?-d (\S+)\s+(?:\\\n\s*)?(\S+)\s*&&\s*(?:\\\n\s*)?touch (\S+)\s*$/;

export function readUnpack(command: string): UnpackLine | undefined {
  const tar = UNTAR.exec(command);
  if (tar !== null) return { archive: tar[1]!, folder: tar[2]!, stamp: tar[3]! };
  const zip = UNZIP.exec(command);
  return zip === null ? undefined : { archive: zip[2]!, folder: zip[1]!, stamp: zip[3]! };
}

/** The series of patches that `patch` applies before it touches its stamp. */
export interface PatchLine {
  readonly folder: string;
  readonly patches: readonly string[];
  readonly stamp: string;
}

export function readPatches(command: string): PatchLine | undefined {
  const parts = command.split('&&').map((part) => part.replace(/\\\n/g, ' ').trim());
  const stamp = /^touch (\S+)$/.exec(parts.pop() ?? '')?.[1];
  let folder: string | undefined;
  const patches: string[] = [];
  for (const part of parts) {
    if (part.startsWith('printf ')) continue;
    const match = /^\S*patch -sd (\S+) -p1 < (\S+)$/.exec(part);
    if (match === null || (folder !== undefined && folder !== match[1])) return undefined;
    folder = match[1]!;
    patches.push(match[2]!);
  }
  return stamp === undefined || folder === undefined ? undefined : { folder, patches, stamp };
}
