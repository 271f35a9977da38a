import path from 'node:path';
import { formatDiagnostic } from '../engine/location.ts';
import { shortPath } from '../rules/variables/short-path.ts';
import { tellVariable, type StoryAssignment, type VariableStory } from '../rules/variables/variable-story.ts';
import { wrapWords } from '../rules/variables/wrap-words.ts';
import type { Command } from './command.ts';
import { complain, openEvaluated, renderText, widthOf, type RenderOptions } from './vars.ts';
import { splitWords, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface WhyVarArguments extends WorkspaceArguments {
  readonly name?: readonly string[];
  readonly json?: boolean;
}

export const command: Command<WhyVarArguments> = {
  usage: 'why-var [name..]',
  describe: 'Tell how a makefile variable came to its value, who reads it, and whose commands it reaches.',
  build: (yargs) =>
    workspaceOptions(yargs)
      .positional('name', {
        describe: 'The variable, such as LIBMUSL_CFLAGS-y; or VARIABLE=value',
        type: 'string',
        array: true,
      })
      .option('json', { type: 'boolean', describe: 'As JSON (docs/lint.md)' })
      .example('unigraph why-var LIBFORTUNE_CINCLUDES-y', 'each assignment and its effect')
      .epilogue(
        'Status: 0; 1 when there is no such variable or the tree cannot be evaluated; 2 for bad usage.',
      ),
  async run(args, surroundings) {
    const [name, ...others] = splitWords(args.name ?? []).rest;
    if (name === undefined || others.length > 0)
      return complain(surroundings, 'why-var takes the name of one variable', 2);
    const opened = await openEvaluated(args, surroundings, args.name ?? [], name);
    if (typeof opened === 'number') return opened;
    const story = tellVariable(opened.evaluated, name);
    if (!story.ok) return complain(surroundings, formatDiagnostic(story.error), 1);
    const { stdout, cwd } = surroundings;
    if (args.json === true) stdout.write(`${JSON.stringify({ schema: 1, ...story.value }, undefined, 1)}\n`);
    else {
      const lines = renderStory(story.value, { width: widthOf(surroundings), cwd, limit: 24 });
      stdout.write(`${lines.join('\n')}\n`);
    }
    return 0;
  },
};

function renderStory(story: VariableStory, options: RenderOptions): string[] {
  const { name, variable, assignments, readers, reaches } = story;
  const { width, cwd, limit } = options;
  const head =
    variable === undefined ? ['is', 'not', 'defined'] : [`(${variable.flavour},`, `${variable.origin})`];
  const lines = wrapWords([name, ...head], width);
  lines.push('', assignments.length === 0 ? 'No makefile assigns to it.' : 'Assignments:');
  for (const each of assignments.slice(0, limit * 4)) lines.push(...renderAssignment(each, options));
  if (assignments.length > limit * 4) lines.push(`  and ${assignments.length - limit * 4} more`);
  const unnamed =
    reaches.length > 0 ? 'No makefile names it; build rules compose its name.' : 'No makefile reads it.';
  lines.push('', readers.length === 0 ? unnamed : 'Read at:');
  for (const { file, line, macro, as } of readers.slice(0, limit)) {
    const how = macro === undefined ? (as === undefined ? [] : ['as', as]) : ['in', 'the', 'macro', macro];
    lines.push(...wrapWords([`${shortPath(file, cwd)}:${line}`, ...how], width, '  '));
  }
  if (readers.length > limit) lines.push(`  and ${readers.length - limit} more places`);
  lines.push('', reaches.length === 0 ? 'It reaches no command.' : 'It reaches the commands of:');
  for (const { library, targets } of reaches.slice(0, limit)) {
    const names = targets.slice(0, 6).map((target) => path.basename(target));
    const more = targets.length > 6 ? ['…', `(${targets.length - 6}`, 'more)'] : [];
    const count = [`${targets.length}`, targets.length === 1 ? 'target:' : 'targets:'];
    lines.push(
      ...wrapWords(
        [...count, ...names, ...more],
        width,
        '  ',
        library === '' ? 'no library:' : `${library}:`,
      ),
    );
  }
  if (reaches.length > limit) lines.push(`  and of ${reaches.length - limit} more libraries`);
  if (variable === undefined) return lines;
  lines.push('', 'Value:');
  if (variable.expanded === null || variable.expanded === undefined)
    lines.push(
      '  cannot be expanded: make would stop at it',
      ...renderText(variable.value, '=', width, limit),
    );
  else lines.push(...renderText(variable.expanded, '=', width, Infinity));
  return lines;
}

function renderAssignment(each: StoryAssignment, { width, cwd }: RenderOptions): string[] {
  const where = each.file === '' ? 'the command line' : `${shortPath(each.file, cwd)}:${each.line}`;
  const effect =
    each.effect === 'took effect'
      ? []
      : `${each.effect}${each.because === undefined ? '' : `: ${each.because}`}`.split(' ');
  const macro = each.column === 0 && each.file !== '' ? ['by', 'a', 'macro'] : [];
  const times = each.times > 1 ? [`(${each.times}`, 'times)'] : [];
  const separator = effect.length > 0 ? ['--'] : [];
  const operator = each.operator === 'define' || each.operator === 'undefine';
  return [
    ...wrapWords([where, ...macro, ...times, ...separator, ...effect], width, '  '),
    ...(operator
      ? [`    ${each.operator}`]
      : renderText(each.text, each.operator, width - 2, 40).map((line) => `  ${line}`)),
  ];
}
