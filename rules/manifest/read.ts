import { basename, dirname, join } from 'node:path';
import type { z } from 'zod';
import type { Diagnostic, Location } from '../../engine/location.ts';
import { nearest } from '../../engine/nearest.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { parseDocument, type ParsedDocument } from './document.ts';
import { readDotenv } from './dotenv.ts';
import type { Manifest } from './manifest.ts';
import { Normalizer } from './normalize.ts';
import { schemaProblems, unknownKeys } from './problems.ts';
import { manifestSchema, type ManifestData } from './schema.ts';
import { readText } from './text.ts';

/** The specifications that are read. 0.3 and older had another layout. */
export const specifications = ['0.4', '0.5', '0.6'] as const;

/**
 * Reads and checks a manifest. `${VAR}` is looked up in `environment` and then in `.env` beside the manifest.
 * @param file absolute path
 * @returns the manifest, or everything that is wrong, in the order of the file
 */
export function readManifest(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Result<Manifest, Diagnostic[]> {
  const folder = dirname(file);
  const dotenvFile = join(folder, '.env');
  const text = readText(file);
  if (!text.ok) return fail([text.error]);
  const dotenv = readDotenv(dotenvFile, environment);
  if (!dotenv.ok) return fail([dotenv.error]);
  const notices: Diagnostic[] = [];
  const lookUp = (name: string) => environment[name] ?? dotenv.value.get(name);
  const parsed = parseDocument(text.value, file, lookUp, notices);
  if (!parsed.ok) return parsed;

  const keys = unknownKeys(parsed.value);
  const shape = manifestSchema.safeParse(parsed.value.data);
  if (!shape.success) {
    const further = problemsOfTheRest(shape.error.issues, file, parsed.value);
    return fail(inOrder([...keys.errors, ...schemaProblems(shape.error.issues, parsed.value), ...further]));
  }
  const specification = specificationOf(shape.data, file, parsed.value);
  const normalizer = new Normalizer(parsed.value);
  const content = normalizer.manifest(shape.data);
  const problems = [...keys.errors, ...normalizer.problems];
  if (!specification.ok) problems.push(specification.error);
  const needsCore = shape.data.unikraft === undefined && !content.template && !content.runtime;
  if (specification.ok && needsCore) {
    problems.push({
      message: "the manifest does not say which core: there is no key 'unikraft'",
      location: parsed.value.locate([]),
      hint: "Add 'unikraft: stable'.",
    });
  }
  if (problems.length > 0 || !specification.ok) return fail(inOrder(problems));
  return ok({
    file,
    folder,
    specification: specification.value,
    ...content,
    notices: [...notices, ...keys.notices],
    read: [file, dotenvFile],
  });
}

/** What else is wrong, in the sections that have the right shape: one run shows everything. */
function problemsOfTheRest(
  issues: readonly z.core.$ZodIssue[],
  file: string,
  parsed: ParsedDocument,
): Diagnostic[] {
  const broken = new Set(issues.map((issue) => String(issue.path[0])));
  const whole = parsed.data;
  if (whole === null || typeof whole !== 'object' || Array.isArray(whole)) return [];
  const rest = Object.fromEntries(Object.entries(whole).filter(([key]) => !broken.has(key)));
  const shape = manifestSchema.safeParse(rest);
  if (!shape.success) return [];
  const normalizer = new Normalizer(parsed);
  normalizer.manifest(shape.data);
  const specification = specificationOf(shape.data, file, parsed);
  return specification.ok || broken.has('spec') || broken.has('specification')
    ? normalizer.problems
    : [...normalizer.problems, specification.error];
}

/** Specification 0.4 and 0.5 require the key; in a Kraftfile it is optional, and then means 0.6. */
function specificationOf(
  data: ManifestData,
  file: string,
  parsed: ParsedDocument,
): Result<string, Diagnostic> {
  const key = data.specification !== undefined ? 'specification' : 'spec';
  const written = data[key];
  const top: Location = parsed.locate([]);
  if (written === undefined) {
    if (/^kraftfile/i.test(basename(file))) return ok('0.6');
    return fail({
      message: "the manifest does not say which specification it follows: there is no key 'specification'",
      location: top,
      hint: 'Add \'specification: "0.5"\'.',
    });
  }
  const version = written.replace(/^v/, '');
  if ((specifications as readonly string[]).includes(version)) return ok(version);
  const meant = /^[\d.]+$/.test(version) ? undefined : nearest(version, specifications);
  return fail({
    message: `the specification '${written}' is not known (expected one of ${specifications.join(', ')})`,
    location: parsed.locate([key]),
    hint: meant === undefined ? 'Write \'specification: "0.5"\'.' : `Did you mean '${meant}'?`,
  });
}

/** Problems sorted by place, one for each place and message. */
function inOrder(problems: readonly Diagnostic[]): Diagnostic[] {
  const unique = new Map(
    problems.map((problem) => [
      `${problem.location?.line}:${problem.location?.column}:${problem.message}`,
      problem,
    ]),
  );
  return [...unique.values()].sort(
    (a, b) =>
      (a.location?.line ?? 0) - (b.location?.line ?? 0) ||
      (a.location?.column ?? 0) - (b.location?.column ?? 0),
  );
}
