import { catchInterrupts, type Interrupts } from '../engine/exec/interrupt.ts';
import type { BuildSummary, EventSink } from '../engine/report/event.ts';
import { terminalReport } from '../engine/report/terminal.ts';
import { unreachable } from '../engine/result.ts';
import type { Surroundings } from './command.ts';

/** What a build at the command line has around it. */
export interface BuildSession {
  /** Tells events to the person. */
  readonly emit: EventSink;
  readonly interrupts: Interrupts;
}

/** Begins one; its owner restores the interrupts at the end. */
export function beginBuild(
  surroundings: Surroundings,
  { verbose, quiet }: { readonly verbose: boolean; readonly quiet: boolean },
): BuildSession {
  const stdout = surroundings.stdout as NodeJS.WriteStream;
  const interactive = stdout.isTTY === true;
  return {
    interrupts: catchInterrupts({
      onFirst: () => surroundings.stderr.write('\nStopping; once more kills the commands at once.\n'),
    }),
    emit: terminalReport({
      stdout,
      stderr: surroundings.stderr,
      interactive,
      color: interactive && surroundings.environment['NO_COLOR'] === undefined,
      columns: () => stdout.columns ?? 80,
      verbose,
      quiet,
    }),
  };
}

/** The exit status of a build. */
export function statusOf({ outcome }: BuildSummary): number {
  switch (outcome) {
    case 'succeeded':
      return 0;
    case 'failed':
      return 1;
    case 'interrupted':
      return 130;
    default:
      return unreachable(outcome);
  }
}
