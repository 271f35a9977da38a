import { splitMember } from './archive.ts';
import type { Run } from './run.ts';
import type { Dependency, Target } from './target.ts';
import { Rank, type TargetScope } from './variables.ts';

/**
 * Sets `$@ $% $* $< $+ $^ $? $|` for a target (manual, "Automatic Variables").
 * A name that is given both as normal and as order-only prerequisite counts as normal.
 */
export function setAutomaticVariables(run: Run, target: Target): void {
  const scope = target.variables!;
  const parts = splitMember(target.name);
  const at = parts?.archive ?? target.name;
  const member = parts?.member ?? '';

  // For explicit rules `$*` is the target without a known suffix; GNU Make keeps it as the stem.
  target.stem ??= stemBySuffix(run, parts === undefined ? target.name : member);

  let first = '';
  for (const dependency of target.dependencies) {
    if (dependency.orderOnly || dependency.hidden) continue;
    if (!dependency.needsSecondExpansion) first = dependency.name;
    break;
  }
  if (target.recipe !== undefined && target.recipe === run.defaultTarget?.recipe) first = at;

  set(run, scope, '<', first);
  set(run, scope, '*', target.stem);
  set(run, scope, '@', at);
  set(run, scope, '%', member);

  const visible = target.dependencies.filter(
    (dependency) => !dependency.needsSecondExpansion && !dependency.hidden,
  );
  const plus: string[] = [];
  for (const dependency of visible) if (!dependency.orderOnly) plus.push(listedName(dependency));
  set(run, scope, '+', plus.join(' '));

  const unique = new Map<string, Dependency>();
  for (const dependency of visible) {
    const known = unique.get(dependency.name);
    if (known === undefined) unique.set(dependency.name, dependency);
    else if (known.orderOnly !== dependency.orderOnly) {
      known.orderOnly = false;
      dependency.orderOnly = false;
    }
  }
  const caret: string[] = [];
  const question: string[] = [];
  const bar: string[] = [];
  for (const dependency of unique.values()) {
    const name = listedName(dependency);
    if (dependency.orderOnly) {
      bar.push(name);
      continue;
    }
    caret.push(name);
    if (dependency.changed || run.alwaysMake) question.push(name);
  }
  set(run, scope, '^', caret.join(' '));
  set(run, scope, '?', question.join(' '));
  set(run, scope, '|', bar.join(' '));
}

function set(run: Run, scope: TargetScope, name: string, value: string): void {
  run.variables.define(name, value, Rank.automatic, false, undefined, scope);
}

/** Archive members go by their own name. */
function listedName(dependency: Dependency): string {
  const { name } = dependency;
  return splitMember(name)?.member ?? name;
}

function stemBySuffix(run: Run, name: string): string {
  // Looked at for this, `.SUFFIXES` no longer counts as built in; `make -p` shows it.
  run.suffixTarget.builtin = false;
  for (const suffix of run.suffixTarget.dependencies) {
    const text = suffix.name;
    if (name.length > text.length && name.endsWith(text)) return name.slice(0, name.length - text.length);
  }
  return '';
}
