import { nodeHost } from '../../engine/kconfig/host.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { nearest } from '../../engine/nearest.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import { openConfiguration } from '../configure/open.ts';
import type { EvaluatedWorkspace } from '../variables/evaluated-workspace.ts';
import type { KnownLibrary } from '../variables/libraries.ts';
import { unknownExports } from './exports.ts';
import type { Finding, LintRule } from './finding.ts';
import { missingFolders } from './folders.ts';
import { globalIncludes } from './global-includes.ts';
import { isInside, LintedTree } from './linted-tree.ts';
import { unknownOptions } from './options.ts';
import { unappliedPatches } from './patches.ts';
import { oddSources } from './sources.ts';
import { unreachedFlags } from './unreached-flags.ts';
import { unreadVariables } from './unread-variables.ts';

export interface LintOptions {
  /** Names of libraries; none: those of the application and of external folders. */
  readonly libraries: readonly string[];
  /** The core's libraries too. */
  readonly all: boolean;
  readonly disabled: ReadonlySet<LintRule>;
  readonly environment: Readonly<Record<string, string>>;
}

export interface LintReport {
  /** The libraries that were looked at. */
  readonly libraries: readonly string[];
  /** By file and line. */
  readonly findings: readonly Finding[];
}

/** Looks at libraries of an evaluated tree. Fails for a library that no makefile knows, and for unreadable Config.uk files. */
export function lint(evaluated: EvaluatedWorkspace, options: LintOptions): Result<LintReport, Diagnostic> {
  const tree = new LintedTree(evaluated);
  const chosen = chooseLibraries(tree, options);
  if (!chosen.ok) return chosen;
  const defined = options.disabled.has('unknown-option') ? ok(undefined) : definedOptions(evaluated, options);
  if (!defined.ok) return defined;
  const { app, core } = evaluated.workspace;
  const findings = chosen.value.flatMap((library) => [
    ...unreadVariables(tree, library),
    ...unreachedFlags(tree, library),
    ...unappliedPatches(tree, library),
    ...missingFolders(tree, library),
    ...oddSources(tree, library),
    // The core's own libraries are its public interface: what they export is its authors' decision.
    ...(isInside(library.folder, core) ? [] : globalIncludes(tree, library, library.folder === app)),
    ...unknownExports(tree, library),
    ...(defined.value === undefined ? [] : unknownOptions(tree, library, defined.value)),
  ]);
  // Two libraries in one folder share its files, and what is found there: it is told of the one that comes first.
  const unique = new Map<string, Finding>();
  for (const finding of findings) {
    const { rule, location, message } = finding;
    const key = JSON.stringify([rule, location, rule === 'global-include' ? '' : message]);
    if (!options.disabled.has(rule) && !unique.has(key)) unique.set(key, finding);
  }
  const sorted = [...unique.values()].sort(
    (a, b) =>
      compare(a.location.file, b.location.file) ||
      a.location.line - b.location.line ||
      a.location.column - b.location.column,
  );
  return ok({ libraries: chosen.value.map(({ name }) => name), findings: sorted });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function chooseLibraries(
  tree: LintedTree,
  options: LintOptions,
): Result<readonly KnownLibrary[], Diagnostic> {
  const known = [...tree.libraries.values()];
  if (options.libraries.length === 0) {
    const { core } = tree.evaluated.workspace;
    return ok(known.filter(({ folder }) => options.all || !isInside(folder, core)));
  }
  const chosen: KnownLibrary[] = [];
  for (const name of options.libraries) {
    const library =
      tree.libraries.get(name) ?? tree.libraries.get(`lib${name}`) ?? tree.libraries.get(`app${name}`);
    if (library === undefined) {
      const meant = nearest(name, tree.libraries.keys());
      return fail({
        message: `no makefile of this workspace registers a library '${name}'`,
        ...(meant !== undefined && { hint: `Did you mean '${meant}'?` }),
      });
    }
    chosen.push(library);
  }
  return ok(chosen);
}

/** The names of the options that Config.uk files define, without `CONFIG_`. */
function definedOptions(
  evaluated: EvaluatedWorkspace,
  { environment }: LintOptions,
): Result<ReadonlySet<string>, Diagnostic> {
  const opened = openConfiguration(evaluated.workspace, environment, nodeHost, true);
  if (!opened.ok) return opened;
  const names = new Set<string>();
  for (const symbol of opened.value.configuration.tree.symbols.inHashOrder()) {
    if (symbol.name !== undefined && symbol.type !== 'unknown') names.add(symbol.name);
  }
  return ok(names);
}
