import type { z } from 'zod';
import type { Diagnostic } from '../../engine/location.ts';
import { nearest } from '../../engine/nearest.ts';
import type { Data, ParsedDocument } from './document.ts';
import { knownKeys } from './schema.ts';

type Issue = z.core.$ZodIssue;

/** `targets[0].platform`, for people. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );
}

/** What was found, in YAML's words. */
function describe(data: Data | undefined): string {
  if (data === undefined) return 'nothing';
  if (data === null) return 'nothing';
  if (typeof data === 'string') return JSON.stringify(data.length > 60 ? `${data.slice(0, 57)}…` : data);
  if (typeof data === 'boolean') return data ? 'true' : 'false';
  return Array.isArray(data) ? 'a list' : 'a map';
}

function valueAt(data: Data, path: readonly PropertyKey[]): Data | undefined {
  let current: Data | undefined = data;
  for (const key of path) {
    if (current === null || typeof current !== 'object') return undefined;
    current = (current as Record<PropertyKey, Data>)[key];
  }
  return current;
}

/** Turns zod's issues into diagnostics with places. */
export function schemaProblems(issues: readonly Issue[], parsed: ParsedDocument): Diagnostic[] {
  return issues.flatMap((issue) => explain(issue, [], parsed));
}

function explain(issue: Issue, prefix: readonly PropertyKey[], parsed: ParsedDocument): Diagnostic[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'invalid_union') {
    // The alternative that the value was meant to be is the one that it fails inside, not at its top.
    const meant = issue.errors.find((issues) => issues.every((inner) => inner.path.length > 0));
    if (meant !== undefined) return meant.flatMap((inner) => explain(inner, path, parsed));
  }
  if (issue.code === 'invalid_key') {
    const inner = issue.issues[0]?.message ?? 'expected a name';
    const key = issue.path.at(-1);
    return [{ message: `${inner}, found ${JSON.stringify(key)}`, location: parsed.locateKey(path) }];
  }
  const value = valueAt(parsed.data, path);
  const found = describe(value);
  const where = path.length === 0 ? '' : `${formatPath(path)}: `;
  return [
    {
      message: `${where}${issue.message}, found ${found}`,
      location: parsed.locate(path),
      ...(typeof value === 'boolean' &&
        /text|name/.test(issue.message) && {
          hint: 'A word such as yes, no, on or true is text in quotes only.',
        }),
    },
  ];
}

/**
 * Keys that no specification knows: an error where one was likely meant, otherwise a notice, since a later
 * specification may have added it. `x-…` keys are free for everyone.
 */
export function unknownKeys(parsed: ParsedDocument): { errors: Diagnostic[]; notices: Diagnostic[] } {
  const errors: Diagnostic[] = [];
  const notices: Diagnostic[] = [];
  const visit = (data: Data, path: readonly PropertyKey[]): void => {
    if (data === null || typeof data !== 'object') return;
    if (Array.isArray(data)) {
      data.forEach((item, index) => visit(item, [...path, index]));
      return;
    }
    const known = knownKeys(path);
    for (const [key, value] of Object.entries(data)) {
      if (known === undefined || known.includes(key) || key.startsWith('x-')) {
        visit(value, [...path, key]);
        continue;
      }
      const where = path.length === 0 ? 'a manifest' : formatPath(path);
      const message = `${where} has no key '${key}'`;
      const location = parsed.locateKey([...path, key]);
      const meant = nearest(key, known);
      if (meant !== undefined) errors.push({ message, location, hint: `Did you mean '${meant}'?` });
      else
        notices.push({
          message: `${message}; it is passed over`,
          location,
          hint: `Known: ${known.join(', ')}.`,
        });
    }
  };
  visit(parsed.data, []);
  return { errors, notices };
}
