import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';

/** What a library's Makefile.uk says of its origin, by the conventions that Unikraft's libraries keep. */
export interface LibraryMakefile {
  readonly file: string;
  readonly text: string;
  /** `LIBFORTUNE`. */
  readonly upper: string;
  readonly version: string;
  /** The address with its variables filled in. */
  readonly url: string;
  /** True where the library is cloned with git. */
  readonly isClone: boolean;
  /** The tag or branch of a clone. */
  readonly reference?: string;
  /** The folder inside the archive that patches are applied in. */
  readonly subfolder: string | undefined;
  /** The folder with patches, relative to the library's. */
  readonly patches: string | undefined;
}

/** Reads a library's Makefile.uk. */
export function readLibraryMakefile(folder: string): Result<LibraryMakefile, Diagnostic> {
  const file = join(folder, 'Makefile.uk');
  const location = { file, line: 0, column: 0 };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return fail({
      message: `${folder} is no library: it has no Makefile.uk`,
      hint: 'Go to the folder of a library.',
    });
  }
  const variables = assignments(text);
  const upper = /\$\(call\s+addlib\w*\s*,\s*([\w-]+)/.exec(text)?.[1]?.toUpperCase().replaceAll('-', '_');
  if (upper === undefined)
    return fail({ message: 'no library is registered here (addlib, addlib_s)', location });
  const parsed = describe(file, text, upper, variables);
  if (parsed !== undefined) return ok(parsed);
  return fail({
    message: `the library's version and address are not where they usually are (${upper}_VERSION, ${upper}_URL)`,
    location,
    hint: 'Change the version by hand.',
  });
}

/** The same with another version: what the Makefile.uk would say. */
export function withVersion(makefile: LibraryMakefile, version: string): LibraryMakefile | undefined {
  const text = setVariable(makefile.text, `${makefile.upper}_VERSION`, version);
  return text === undefined ? undefined : describe(makefile.file, text, makefile.upper, assignments(text));
}

function describe(
  file: string,
  text: string,
  upper: string,
  variables: ReadonlyMap<string, string>,
): LibraryMakefile | undefined {
  const value = (name: string) => {
    const raw = variables.get(`${upper}_${name}`);
    return raw === undefined ? undefined : expand(raw, variables);
  };
  const version = value('VERSION');
  const argument = (macro: string, index: number) => {
    const found = new RegExp(`\\$\\(call\\s+${macro}\\s*,([^\\n]*?)\\)\\)\\s*$`, 'm').exec(text)?.[1];
    const words = found?.split(',').map((word) => word.trim());
    return words?.[index] === undefined ? undefined : expand(words[index], variables);
  };
  const cloned = argument('clone', 1);
  const url = cloned ?? argument('fetch(?:as)?2?', 1) ?? value('URL');
  if (version === undefined || url === undefined || url.includes('$(')) return undefined;
  const reference = cloned === undefined ? undefined : argument('clone', 2);
  const patches = (argument('patch', 1) ?? value('PATCHDIR'))?.replace(
    new RegExp(`^\\$\\(${upper}_BASE\\)/`),
    '',
  );
  const subfolder = argument('patch', 2) ?? value('SUBDIR');
  return {
    file,
    text,
    upper,
    version,
    url,
    isClone: cloned !== undefined,
    ...(reference !== undefined && { reference }),
    subfolder,
    patches: patches?.includes('$') ? undefined : patches,
  };
}

/** Assignments at the beginning of lines; the last one of a name counts. */
function assignments(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const match of text.matchAll(
    /^([A-Za-z_][\w-]*)[ \t]*(?::{0,2}|\?)=[ \t]*([^\n#]*?)[ \t]*(?:#[^\n]*)?$/gm,
  )) {
    found.set(match[1]!, match[2]!);
  }
  return found;
}

/** Fills in the file's own variables; others stay as they are. */
function expand(text: string, variables: ReadonlyMap<string, string>): string {
  let current = text;
  for (let round = 0; round < 10; round++) {
    const next = current.replace(
      /\$[({]([\w-]+)[)}]/g,
      (whole, name: string) => variables.get(name) ?? whole,
    );
    if (next === current || next.length > 10_000) break;
    current = next;
  }
  return current;
}

/** Gives a variable another value in the text; undefined where it is not set exactly once. */
export function setVariable(text: string, name: string, value: string): string | undefined {
  const pattern = new RegExp(
    `^(${name}[ \\t]*(?::{0,2}|\\?)=[ \\t]*)([^\\n#]*?)([ \\t]*(?:#[^\\n]*)?)$`,
    'gm',
  );
  if ([...text.matchAll(pattern)].length !== 1) return undefined;
  return text.replace(
    pattern,
    (_whole, before: string, _old: string, after: string) => before + value + after,
  );
}
