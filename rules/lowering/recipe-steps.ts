import path from 'node:path';
import { parseSimpleCommand as parseCommand } from '../../engine/exec/command-line.ts';
import type { Step } from '../../engine/graph/action.ts';
import { toText } from '../../engine/make/bytes.ts';
import type { RecipeLine } from '../../engine/make/database.ts';
import type { Effect } from './capture-host.ts';
import { isOutput } from './mentioned-files.ts';
import {
  isNoOperation,
  readChecksum,
  readConf,
  readFetch,
  readFixdep,
  readLabelled,
  readPatches,
  readUnpack,
} from './recipe-text.ts';
import { ruleOf, type RuleName } from './rule-names.ts';

/** What a recipe comes to. */
export interface LoweredRecipe {
  readonly steps: readonly Step[];
  readonly rule: RuleName;
  readonly label: string;
  /** The text of the first progress message, such as `libfortune: fortune.o`. */
  readonly text: string;
  /** Words of the commands that run without a shell, by step. */
  readonly commands: readonly (readonly string[])[];
  /** The temporary dependency file that `fixdep` was to read, and where it would have written. */
  readonly depfile?: string;
  readonly dependencies?: string;
  /** Folders and files beside the outputs that the steps make: `X.cmd`. */
  readonly sideOutputs: readonly string[];
}

/** Names of the tree's own tools that are answered natively. */
export interface NativeTools {
  readonly conf: string;
  readonly fixdep: string;
}

interface Context {
  /** The target, as the commands spell it: the step that writes it says what kind of action this is. */
  readonly target: string;
  readonly effects: readonly Effect[];
  readonly shell: readonly string[];
  readonly cwd: string;
  readonly native: NativeTools;
  readonly oneShell: boolean;
}

/** The last answer: the same command is asked about by everyone who looks at a step. */
let parsed: { readonly text: string; readonly words: readonly string[] | undefined } | undefined;

function parseSimpleCommand(text: string): readonly string[] | undefined {
  if (parsed?.text !== text) parsed = { text, words: parseCommand(text) };
  return parsed.words;
}

/** Turns the expanded lines of a recipe, and what expanding them would have written, into steps. */
export function lowerRecipe(lines: readonly RecipeLine[], context: Context): LoweredRecipe {
  const scripts = new Map<string, string>();
  const steps: Step[] = [];
  for (const effect of context.effects) {
    if (effect.kind === 'folder') steps.push({ kind: 'folder', path: effect.path });
    else if (effect.path.endsWith('.cmd') && !effect.append) {
      // `$(file)` ends the text with a newline; so does the step that runs it.
      scripts.set(effect.path, effect.content.replace(/\n$/, ''));
    } else steps.push({ kind: 'write', path: effect.path, content: effect.content, append: effect.append });
  }
  const lowered: Lowered = { rule: undefined, label: '', text: '', commands: [] };
  const used = new Set<string>();
  const commandSteps: Step[] = [];
  for (const line of joinLines(lines, context.oneShell)) {
    if (isNoOperation(line.text)) continue;
    const fixdep = readFixdep(line.text, context.native.fixdep);
    if (fixdep !== undefined) {
      lowered.depfile = fixdep.depfile;
      lowered.dependencies = fixdep.dependencies;
      continue;
    }
    const labelled = readLabelled(line.text);
    const command = (labelled?.command ?? line.text).trim();
    const step = lowerCommand(command, line.ignoreErrors, scripts, used, context);
    const makesTarget = 'text' in step && isOutput(step.text, context.target);
    if (lowered.rule === undefined || makesTarget) lowered.rule = step.rule as RuleName | undefined;
    if (labelled !== undefined && (lowered.label === '' || makesTarget)) {
      lowered.label = labelled.label;
      lowered.text = labelled.text;
    }
    if (step.kind === 'shell' || step.kind === 'script') {
      lowered.commands.push(...wordsOf(step.text));
    }
    commandSteps.push(step);
  }
  // A command file that no line runs is written all the same.
  for (const [file, text] of scripts) {
    if (!used.has(file)) steps.push({ kind: 'write', path: file, content: `${text}\n`, append: false });
  }
  return {
    steps: [...steps, ...commandSteps],
    rule: lowered.rule ?? (steps.length > 0 ? 'Custom' : 'Group'),
    label: lowered.label,
    text: lowered.text,
    commands: lowered.commands,
    ...(lowered.depfile !== undefined && { depfile: lowered.depfile }),
    ...(lowered.dependencies !== undefined && { dependencies: lowered.dependencies }),
    sideOutputs: [...scripts.keys()],
  };
}

interface Lowered {
  rule: RuleName | undefined;
  label: string;
  text: string;
  commands: (readonly string[])[];
  depfile?: string;
  dependencies?: string;
}

interface PlainLine {
  readonly text: string;
  readonly ignoreErrors: boolean;
}

function joinLines(lines: readonly RecipeLine[], oneShell: boolean): readonly PlainLine[] {
  const plain = lines.map((line) => ({ text: toText(line.text), ignoreErrors: line.ignoreErrors }));
  if (!oneShell || plain.length < 2) return plain;
  return [{ text: plain.map((line) => line.text).join('\n'), ignoreErrors: plain[0]!.ignoreErrors }];
}

function lowerCommand(
  written: string,
  ignoreErrors: boolean,
  scripts: ReadonlyMap<string, string>,
  used: Set<string>,
  { shell, cwd, native }: Context,
): Step {
  // Outside single quotes the shell takes a backslash-newline out before anything else (POSIX, 2.2.1).
  const command = written.includes("'") ? written : written.replace(/\\\n/g, '');
  const words = parseSimpleCommand(command);
  // `$(SHELL) X.cmd`, the file being one that the expansion wrote.
  const file = words?.length === 2 && words[0] === shell[0] ? path.resolve(cwd, words[1]!) : '';
  if (scripts.has(file)) {
    const text = scripts.get(file)!;
    used.add(file);
    return { kind: 'script', text, file, shell, rule: ruleOf(leadingWords(text), text, cwd) };
  }
  const assigned = command.includes(native.conf)
    ? readConf(shellWords(command) ?? [], native.conf)
    : undefined;
  if (assigned?.argv[0] === '--syncconfig') {
    return { kind: 'native', performer: 'configure', argument: JSON.stringify(assigned), rule: 'Configure' };
  }
  const fetch = readFetch(command);
  if (fetch !== undefined)
    return { kind: 'native', performer: 'fetch', argument: JSON.stringify(fetch), rule: 'Fetch' };
  const checksum = readChecksum(command);
  if (checksum !== undefined) {
    return { kind: 'native', performer: 'checksum', argument: JSON.stringify(checksum), rule: 'Verify' };
  }
  const unpack = readUnpack(command);
  if (unpack !== undefined) {
    return { kind: 'native', performer: 'unpack', argument: JSON.stringify(unpack), rule: 'Unpack' };
  }
  const patches = readPatches(command);
  if (patches !== undefined) {
    return { kind: 'native', performer: 'patch', argument: JSON.stringify(patches), rule: 'Patch' };
  }
  return {
    kind: 'shell',
    text: command,
    shell,
    rule: ruleOf(leadingWords(command), command, cwd),
    ...(ignoreErrors && { ignoreErrors: true }),
  };
}

/** The words of each simple command in a shell command, as far as they can be told apart. */
function wordsOf(text: string): (readonly string[])[] {
  const whole = parseSimpleCommand(text);
  if (whole !== undefined) return [whole];
  // Operators inside quotes cut words that nobody looks at: only programs and plain operands count.
  return text
    .split(/&&|\|\||[|;{}()]|\bthen\b|\belse\b/)
    .map((part) => leadingWords(part))
    .filter((words) => words[0] !== undefined && words[0] !== '');
}

/** The words of a command, or of its part before the first operator of the shell. */
function leadingWords(command: string): readonly string[] {
  return (
    parseSimpleCommand(command) ??
    parseSimpleCommand(command.split(/[|&;<>]/, 1)[0]!) ??
    // `CONFIG_CROSS_COMPILE=""` in .config puts an empty pair of quotes in front of every tool.
    command
      .trim()
      .replace(/^(?:""|'')/, '')
      .split(/\s+/)
  );
}

/** Words of a command that is simple but for assignments in front of it. */
function shellWords(command: string): readonly string[] | undefined {
  // Any program in front makes the assignments plain arguments.
  return parseSimpleCommand(`/program ${command}`)?.slice(1);
}
