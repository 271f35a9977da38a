import { formatDiagnostic } from '../engine/location.ts';
import {
  evaluateWorkspace,
  splitText,
  type EvaluatedWorkspace,
} from '../rules/variables/evaluated-workspace.ts';
import { listVariables, type ListedVariable } from '../rules/variables/list-variables.ts';
import { wrapWords } from '../rules/variables/wrap-words.ts';
import { shortPath } from '../rules/variables/short-path.ts';
import type { Command, Surroundings } from './command.ts';
import { definedOnly } from './surroundings.ts';
import { workspaceFrom, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface VarsArguments extends WorkspaceArguments {
  readonly pattern?: readonly string[];
  readonly all?: boolean;
  readonly expand?: boolean;
  readonly json?: boolean;
}

export const command: Command<VarsArguments> = {
  usage: 'vars [pattern..]',
  describe:
    'Show variables of the evaluated makefiles: value, flavour, origin, and where each part came from.',
  build: (yargs) =>
    workspaceOptions(yargs)
      .positional('pattern', {
        describe:
          "Names or globs such as 'LIBMUSL_*' [the libraries' and the application's]; or VARIABLE=value",
        type: 'string',
        array: true,
      })
      .option('all', { type: 'boolean', describe: "Include make's own variables and the environment's" })
      .option('expand', { type: 'boolean', describe: 'Show what values come to, not how they are defined' })
      .option('json', { type: 'boolean', describe: 'As JSON (docs/lint.md)' })
      .example("unigraph vars 'LIBFORTUNE_*'", 'what the makefiles say of libfortune')
      .example('unigraph vars CFLAGS --expand', 'the C flags of everything')
      .epilogue(
        'Status: 0; 1 when a pattern matches nothing or the tree cannot be evaluated; 2 for bad usage.',
      ),
  async run(args, surroundings) {
    const opened = await openEvaluated(args, surroundings, args.pattern ?? []);
    if (typeof opened === 'number') return opened;
    const { evaluated, words } = opened;
    const options = { patterns: words, all: args.all === true, expand: args.expand === true };
    const listed = listVariables(evaluated, options);
    if (!listed.ok) return complain(surroundings, formatDiagnostic(listed.error), 1);
    const { stdout, cwd } = surroundings;
    if (args.json === true) {
      stdout.write(`${JSON.stringify({ schema: 1, variables: listed.value }, undefined, 1)}\n`);
      return 0;
    }
    const width = widthOf(surroundings);
    const isOne = listed.value.length === 1;
    for (const variable of listed.value) {
      const lines = renderVariable(variable, { width, cwd, limit: isOne ? Infinity : 24 });
      stdout.write(`${lines.join('\n')}\n`);
    }
    return 0;
  },
};

/** Writes what is wrong. @returns the exit status */
export function complain({ stderr }: Surroundings, text: string, status: number): number {
  stderr.write(`unigraph: ${text}\n`);
  return status;
}

/**
 * Finds and evaluates the workspace that a command line names; tells what is wrong otherwise.
 * @param follow the variable to follow
 * @returns the exit status when something is wrong
 */
export async function openEvaluated(
  args: WorkspaceArguments,
  surroundings: Surroundings,
  given: readonly string[],
  follow?: string,
): Promise<{ readonly evaluated: EvaluatedWorkspace; readonly words: readonly string[] } | number> {
  const found = await workspaceFrom(args, surroundings, given, true);
  if (!found.ok) return complain(surroundings, formatDiagnostic(found.error), 2);
  const { workspace, words } = found.value;
  const evaluated = evaluateWorkspace(workspace, definedOnly(surroundings.environment), follow);
  if (!evaluated.ok) return complain(surroundings, formatDiagnostic(evaluated.error), 1);
  return { evaluated: evaluated.value, words };
}

/** The columns to write in: the terminal's, else what COLUMNS says, else 100. */
export function widthOf({ stdout, environment }: Surroundings): number {
  const { columns } = stdout as Partial<NodeJS.WriteStream>;
  const told = columns ?? Number(environment['COLUMNS']);
  return told >= 20 ? told : 100;
}

export interface RenderOptions {
  readonly width: number;
  readonly cwd: string;
  /** So many words or places of one variable are shown. */
  readonly limit: number;
}

/** A variable as lines of text: its name, its value, its places. */
export function renderVariable(variable: ListedVariable, { width, cwd, limit }: RenderOptions): string[] {
  const { name, flavour, origin, value, expanded, places } = variable;
  const lines = wrapWords([name, `(${flavour},`, `${origin})`], width);
  if (expanded === null) lines.push('  cannot be expanded: make would stop at it');
  lines.push(...renderText(expanded ?? value, '=', width, limit));
  const isWhole = places.length === 1 && places[0]!.times === 1 && (expanded ?? value) === places[0]!.text;
  for (const place of places.slice(0, limit)) {
    const times = place.times > 1 ? [`(${place.times}`, 'times)'] : [];
    const at = `${shortPath(place.file, cwd)}:${place.line}`;
    lines.push(...wrapWords([at, ...times], width, '  ', 'at'));
    if (!isWhole)
      lines.push(...renderText(place.text, place.operator, width, limit).map((line) => `  ${line}`));
  }
  if (places.length > limit) lines.push(`  and ${places.length - limit} more places`);
  return lines;
}

/** A value's words behind an operator, wrapped; the lines of a macro as they are. */
export function renderText(text: string, operator: string, width: number, limit: number): string[] {
  if (text.trim() === '') return [`  ${operator} (empty)`];
  if (text.includes('\n') && !/\\\n/.test(text)) {
    const all = text.split('\n');
    const cut = all.length > limit ? [`… ${all.length - limit} more lines`] : [];
    return [`  ${operator}`, ...[...all.slice(0, limit), ...cut].map((line) => `    ${line}`)];
  }
  const words = splitText(text.replace(/\\\n/g, ' '));
  const cut = words.length > limit ? ['…', `(${words.length - limit}`, 'more)'] : [];
  return wrapWords([...words.slice(0, limit), ...cut], width - 2, '  ', operator);
}
