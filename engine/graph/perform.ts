import fs from 'node:fs';
import path from 'node:path';
import type { FileStat } from '../disk.ts';
import type { Digest } from '../digest/hash.ts';
import { parseSimpleCommand, quote } from '../exec/command-line.ts';
import { runFileCommand } from '../exec/file-commands.ts';
import type { SpawnOutcome, Spawner } from '../exec/spawner.ts';
import type { ActionFailure } from '../report/event.ts';
import { unreachable } from '../result.ts';
import type { Action, Step } from './action.ts';
import { makeFolder } from '../folders.ts';

/** How the steps of an action ended. */
export type Performed =
  | {
      readonly kind: 'succeeded';
      readonly output: string;
      readonly startMs: number;
      readonly endMs: number;
      /** Files that native steps read beyond the declared ones. */
      readonly discovered: readonly string[];
      /** Inputs that native steps wrote themselves: `.config`, brought up to date. */
      readonly rewrote: readonly string[];
      /** Files besides the outputs whose content native steps knew when they wrote them. */
      readonly wrote: readonly WrittenFile[];
    }
  | {
      readonly kind: 'failed';
      readonly output: string;
      readonly failure: ActionFailure;
      readonly startMs: number;
      readonly endMs: number;
    }
  | { readonly kind: 'cancelled' };

/** A file as a step left it. */
export interface WrittenFile {
  readonly path: string;
  /** As it was after the last write. */
  readonly stat: FileStat;
  readonly digest: Digest;
}

/** What a native step came to. */
export type NativeOutcome =
  | {
      readonly kind: 'succeeded';
      readonly output?: string;
      readonly discovered?: readonly string[];
      readonly rewrote?: readonly string[];
      readonly wrote?: readonly WrittenFile[];
    }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly output?: string;
      readonly reproduce?: string;
    }
  | { readonly kind: 'cancelled' };

/** What a native step may use. */
export interface NativeContext {
  readonly action: Action;
  readonly spawner: Spawner;
  readonly signal: AbortSignal;
  /** Tells how far it is. */
  progress(text: string): void;
}

/** Does a native step's work; `argument` is the step's. */
export type Performer = (argument: string, context: NativeContext) => Promise<NativeOutcome>;

export interface PerformOptions {
  readonly spawner: Spawner;
  readonly performers: ReadonlyMap<string, Performer>;
  /** Variables that commands get beside those of their action and that are no input: HOME, TERM, TMPDIR. */
  readonly ambient: Readonly<Record<string, string>>;
  readonly progress: (action: Action, text: string) => void;
}

/** Runs the steps of an action in order, until one fails. Never rejects for what the commands do. */
export async function perform(
  action: Action,
  options: PerformOptions,
  signal: AbortSignal,
): Promise<Performed> {
  const startMs = Date.now();
  let output = '';
  const discovered: string[] = [];
  const rewrote: string[] = [];
  const wrote: WrittenFile[] = [];
  const failed = (failure: ActionFailure): Performed => ({
    kind: 'failed',
    output,
    failure,
    startMs,
    endMs: Date.now(),
  });
  try {
    for (const target of action.outputs) makeFolder(path.dirname(target));
    for (const step of action.steps) {
      if (signal.aborted) return { kind: 'cancelled' };
      const done = await performStep(step, action, options, signal);
      if (done.kind === 'cancelled') return { kind: 'cancelled' };
      output += done.output ?? '';
      if (done.kind === 'failed') return failed({ message: done.message, reproduce: done.reproduce ?? '' });
      discovered.push(...(done.discovered ?? []));
      rewrote.push(...(done.rewrote ?? []));
      for (const file of done.wrote ?? []) wrote.push(file);
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return failed({ message: describeSystemError(error), reproduce: '' });
  }
  return { kind: 'succeeded', output, startMs, endMs: Date.now(), discovered, rewrote, wrote };
}

async function performStep(
  step: Step,
  action: Action,
  options: PerformOptions,
  signal: AbortSignal,
): Promise<NativeOutcome> {
  switch (step.kind) {
    case 'folder':
      makeFolder(step.path);
      return { kind: 'succeeded' };
    case 'write':
      if (step.append) fs.appendFileSync(step.path, step.content);
      else fs.writeFileSync(step.path, step.content);
      return { kind: 'succeeded' };
    case 'script': {
      fs.writeFileSync(step.file, `${step.text}\n`);
      const argv = parseSimpleCommand(step.text) ?? [step.shell[0]!, step.file];
      return judge(
        await options.spawner.run(
          { argv, cwd: action.cwd, environment: environmentOf(action, options.ambient) },
          signal,
        ),
        action,
        step.text,
      );
    }
    case 'shell': {
      const simple = parseSimpleCommand(step.text);
      if (simple !== undefined && runFileCommand(simple, action.cwd, action.tools))
        return { kind: 'succeeded' };
      const argv = simple ?? [...step.shell, step.text];
      const outcome = judge(
        await options.spawner.run(
          { argv, cwd: action.cwd, environment: environmentOf(action, options.ambient) },
          signal,
        ),
        action,
        step.text,
      );
      if (outcome.kind === 'failed' && step.ignoreErrors === true) {
        return { kind: 'succeeded', output: `${outcome.output ?? ''}${outcome.message} (ignored)\n` };
      }
      return outcome;
    }
    case 'native': {
      const performer = options.performers.get(step.performer);
      if (performer === undefined) throw new Error(`no performer '${step.performer}'`);
      return performer(step.argument, {
        action,
        spawner: options.spawner,
        signal,
        progress: (text) => options.progress(action, text),
      });
    }
    default:
      return unreachable(step);
  }
}

const environments = new WeakMap<object, Readonly<Record<string, string>>>();

/** The same object for actions that share theirs: a spawner sends it once. */
function environmentOf(action: Action, ambient: PerformOptions['ambient']): Readonly<Record<string, string>> {
  let whole = environments.get(action.environment);
  if (whole === undefined)
    environments.set(action.environment, (whole = { ...ambient, ...action.environment }));
  return whole;
}

/** Turns the end of a command into the outcome of its step. */
export function judge(outcome: SpawnOutcome, action: Action, text: string): NativeOutcome {
  const reproduce = `cd ${quote([action.cwd])} && ${text}`;
  const program = programName(text);
  switch (outcome.kind) {
    case 'exited': {
      const output = outcome.output.toString();
      if (outcome.status === 0) return { kind: 'succeeded', output };
      return { kind: 'failed', output, message: `${program} ended with status ${outcome.status}`, reproduce };
    }
    case 'signaled':
      return {
        kind: 'failed',
        output: outcome.output.toString(),
        message: `${program} was killed by ${outcome.signal}`,
        reproduce,
      };
    case 'failedToStart':
      return { kind: 'failed', message: outcome.message, reproduce };
    case 'cancelled':
      return { kind: 'cancelled' };
    default:
      return unreachable(outcome);
  }
}

function programName(text: string): string {
  const argv = parseSimpleCommand(text);
  return argv?.[0] === undefined ? 'the shell command' : path.basename(argv[0]);
}

export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}

/** `cannot write /a/b: no space left on device`, from an error of the file system. */
export function describeSystemError(error: NodeJS.ErrnoException): string {
  const what = error.message.replace(/^\w+: /, '').replace(/, \w+.*$/, '');
  return `${error.path ?? error.syscall ?? 'the file system'}: ${what}`;
}
