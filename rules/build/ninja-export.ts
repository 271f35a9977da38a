import path from 'node:path';
import { parseSimpleCommand, quote } from '../../engine/exec/command-line.ts';
import { isGroup, type Action, type Step } from '../../engine/graph/action.ts';
import type { BuildGraph } from '../../engine/graph/build-graph.ts';
import { isFileName } from '../../engine/graph/freshness.ts';

/** What a ninja file says, and what it could not. */
export interface NinjaExport {
  /** The ninja file; run it with `ninja -f FILE`, in any folder. */
  readonly text: string;
  /** Actions that unigraph does itself (fetching, unpacking, configuring): their outputs are sources for ninja. */
  readonly omitted: readonly string[];
}

/**
 * Writes a graph as a ninja file (ninja 1.11): the same commands, inputs and outputs, with the compiler's dependency files
 * in ninja's own store. It serves as a yardstick and for tools that read ninja files. ninja compares times, so it rebuilds what is
 * merely touched; it knows neither single `CONFIG_` symbols nor changed tools; and what a native step makes must be
 * there already, from a build by unigraph.
 * @param roots indices of the actions that ninja builds by default
 */
export function ninjaExport(graph: BuildGraph, roots: readonly number[]): NinjaExport {
  const scope = graph.closure(roots);
  const actions = graph.order.filter((index) => scope.has(index)).map((index) => graph.actions[index]!);
  const omitted = new Set(actions.filter(hasNativeStep).map((action) => action.id));
  const hollow = hollowGroups(actions, omitted);
  const lines = [
    '# Written by unigraph plan --ninja.',
    'ninja_required_version = 1.3',
    ...(actions[0] === undefined ? [] : [`builddir = ${escapeValue(path.join(actions[0].cwd, '.ninja'))}`]),
    '',
    'rule run',
    '  command = $command',
    '  description = $description',
    '  restat = 1',
    '',
    'rule compile',
    '  command = $command',
    '  description = $description',
    '  depfile = $depfile',
    '  deps = gcc',
    '',
  ];
  if (actions.some((action) => action.always === true)) lines.push('build .always: phony', '');
  for (const action of actions) {
    if (omitted.has(action.id) || hollow.has(action.id)) continue;
    lines.push(...buildStatement(action, (names) => names.filter((name) => !hollow.has(name))), '');
  }
  const defaults = roots.map((root) => graph.actions[root]!.id).filter((id) => !hollow.has(id));
  if (defaults.length > 0) lines.push(`default ${defaults.map(escapePath).join(' ')}`, '');
  return { text: lines.join('\n'), omitted: [...omitted] };
}

const hasNativeStep = (action: Action): boolean => action.steps.some((step) => step.kind === 'native');

/**
 * Groups behind which no file is: ninja takes a phony target without inputs for out of date each time. A left-out action that
 * makes no file counts with them.
 */
function hollowGroups(actions: readonly Action[], omitted: ReadonlySet<string>): Set<string> {
  const hollow = new Set<string>();
  // The order has what is waited for first, so one pass sees inner groups before outer ones.
  for (const action of actions) {
    if (omitted.has(action.id)) {
      if (!isFileName(action.id)) hollow.add(action.id);
    } else if (isGroup(action)) {
      if ([...action.inputs, ...action.orderOnly].every((name) => hollow.has(name))) hollow.add(action.id);
    }
  }
  return hollow;
}

function buildStatement(action: Action, kept: (names: readonly string[]) => readonly string[]): string[] {
  const list = (mark: string, names: readonly string[]): string =>
    names.length === 0 ? '' : `${mark} ${names.map(escapePath).join(' ')}`;
  const orderOnly = list(' ||', kept(action.orderOnly));
  if (isGroup(action)) {
    return [`build ${escapePath(action.id)}: phony${list('', kept(action.inputs))}${orderOnly}`];
  }
  // A phony recipe that makes no file has only its name.
  const outputs = action.outputs.length > 0 ? action.outputs : [action.id];
  const rule = action.depfile === undefined ? 'run' : 'compile';
  const implicit = [...kept(action.implicit), ...(action.always === true ? ['.always'] : [])];
  const inputs = `${list('', kept(action.inputs))}${list(' |', implicit)}${orderOnly}`;
  return [
    `build ${outputs.map(escapePath).join(' ')}: ${rule}${inputs}`,
    `  command = ${escapeValue(commandOf(action))}`,
    `  description = ${escapeValue(`${action.label.padEnd(7)} ${action.description}`)}`,
    ...(action.depfile === undefined ? [] : [`  depfile = ${escapeValue(action.depfile.path)}`]),
  ];
}

/** All steps as one command line for `sh -c`. Command files beside targets (`X.cmd`) are not written. */
function commandOf(action: Action): string {
  const folders = new Set(action.outputs.map((output) => path.dirname(output)));
  // ninja makes the folders of outputs, but not those of dependency files elsewhere.
  if (action.depfile !== undefined && !folders.has(path.dirname(action.depfile.path))) {
    return [`mkdir -p ${quote([path.dirname(action.depfile.path)])}`, ...stepCommands(action)].join(' && ');
  }
  return stepCommands(action).join(' && ');
}

function stepCommands(action: Action): string[] {
  return [`cd ${quote([action.cwd])}`, ...action.steps.map(stepCommand)];
}

function stepCommand(step: Step): string {
  switch (step.kind) {
    case 'shell': {
      const command = shellCommand(step.text, step.shell);
      return step.ignoreErrors === true ? `{ ${command} || true; }` : command;
    }
    case 'script':
      return shellCommand(step.text, step.shell);
    case 'folder':
      return `mkdir -p ${quote([step.path])}`;
    case 'write':
      return `printf %b ${quote([escapePrintf(step.content)])} ${step.append ? '>>' : '>'} ${quote([step.path])}`;
    case 'native':
      throw new Error('an action with a native step has no command line');
  }
}

/** A command as part of a line for sh: as it is when it is simple, else in a shell of its own, which may be bash. */
function shellCommand(text: string, shell: readonly string[]): string {
  if (!text.includes('\n') && parseSimpleCommand(text) !== undefined) return text;
  const argument = text.includes('\n') ? `"$(printf %b ${quote([escapePrintf(text)])})"` : quote([text]);
  return `${quote(shell)} ${argument}`;
}

/** For printf's %b; a ninja file has no way to write a newline into a command. */
function escapePrintf(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** ninja's manual, "Lexical syntax". */
const escapePath = (name: string): string => name.replace(/[$ :]/g, '$$$&');
const escapeValue = (text: string): string => text.replaceAll('$', '$$$$');
