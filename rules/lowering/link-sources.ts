import path from 'node:path';
import type { Action, Step } from '../../engine/graph/action.ts';
import type { ConfigureArgument } from '../stages/configure.ts';
import type { ChecksumArgument, PatchArgument, UnpackArgument } from '../stages/sources.ts';
import type { FetchArgument } from '../stages/fetch.ts';

/**
 * Joins what the tree's rules know only apart: a fetch learns the checksums that will be asked of its file, so that a bad
 * download never gets its name; unpacking and patching the same origin learn of each other, and the patches become
 * inputs (with make, `.patched` depends on `.origin` alone and never sees a patch again).
 */
export function linkSources(actions: readonly Action[]): Action[] {
  const checksums = new Map<string, ChecksumArgument[]>();
  const patches = new Map<string, PatchArgument>();
  const archives = new Map<string, UnpackArgument>();
  for (const [, argument] of nativeSteps<ChecksumArgument>(actions, 'checksum')) {
    checksums.set(argument.file, [...(checksums.get(argument.file) ?? []), argument]);
  }
  for (const [, argument] of nativeSteps<PatchArgument>(actions, 'patch'))
    patches.set(argument.folder, argument);
  for (const [, argument] of nativeSteps<UnpackArgument>(actions, 'unpack'))
    archives.set(argument.folder, argument);

  const rewrite: Readonly<Record<string, (argument: never) => object>> = {
    fetch: (argument: FetchArgument) => ({
      ...argument,
      checksums: (checksums.get(argument.file) ?? []).map(({ algorithm, expected }) => ({
        algorithm,
        expected,
      })),
    }),
    unpack: (argument: UnpackArgument) => {
      const series = [...patches.values()].find((candidate) => isBelow(candidate.folder, argument.folder));
      return series === undefined
        ? argument
        : { ...argument, series: { folder: series.folder, patches: series.patches } };
    },
    patch: (argument: PatchArgument) => {
      const origin = [...archives.values()].find((candidate) => isBelow(argument.folder, candidate.folder));
      return origin === undefined
        ? argument
        : { ...argument, origin: { archive: origin.archive, folder: origin.folder } };
    },
  };
  return waitForConfiguration(actions).map((action) => {
    if (!action.steps.some((step) => step.kind === 'native' && step.performer in rewrite)) return action;
    const implicit = new Set(action.implicit);
    const steps = action.steps.map((step): Step => {
      if (step.kind !== 'native') return step;
      const change = rewrite[step.performer];
      if (change === undefined) return step;
      const argument = change(JSON.parse(step.argument) as never);
      if (step.performer === 'patch')
        for (const patch of (argument as PatchArgument).patches) implicit.add(path.normalize(patch));
      return { ...step, argument: JSON.stringify(argument) };
    });
    return { ...action, steps, implicit: [...implicit] };
  });
}

/** What reads `.config` comes after the step that brings it up to date, unless that one needs it first. */
function waitForConfiguration(actions: readonly Action[]): readonly Action[] {
  const [found] = nativeSteps<ConfigureArgument>(actions, 'configure');
  const config = found?.[1].environment['KCONFIG_CONFIG'];
  if (found === undefined || config === undefined) return actions;
  const byOutput = new Map(
    actions.flatMap((action) => [action.id, ...action.outputs].map((name) => [name, action])),
  );
  const needed = new Set<Action>();
  const visit = (action: Action): void => {
    if (needed.has(action)) return;
    needed.add(action);
    for (const name of [...action.inputs, ...action.implicit, ...action.orderOnly]) {
      const before = byOutput.get(name);
      if (before !== undefined) visit(before);
    }
  };
  visit(found[0]);
  const reads = ({ inputs, implicit }: Action): boolean =>
    inputs.includes(config) || implicit.includes(config);
  return actions.map((action) =>
    needed.has(action) || !reads(action)
      ? action
      : { ...action, orderOnly: [...action.orderOnly, found[0].id] },
  );
}

function* nativeSteps<T>(actions: readonly Action[], performer: string): Iterable<[Action, T]> {
  for (const action of actions) {
    for (const step of action.steps) {
      if (step.kind === 'native' && step.performer === performer)
        yield [action, JSON.parse(step.argument) as T];
    }
  }
}

function isBelow(folder: string, above: string): boolean {
  const relative = path.relative(above, folder);
  return !relative.startsWith('..') && !path.isAbsolute(relative);
}
