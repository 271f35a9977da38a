import fs from 'node:fs';
import type { Reason } from '../graph/reason.ts';
import type { BuildSummary, EventSink } from './event.ts';

/** One action of a recorded build. */
export interface LoggedAction {
  readonly id: string;
  readonly reasons: readonly Reason[];
  readonly result: 'changed' | 'same' | 'failed' | 'cancelled';
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
}

/** What the last build that ran something did, and why. */
export interface BuildLog {
  readonly format: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly outcome: BuildSummary['outcome'];
  /** What made the evaluation of the makefiles stale. */
  readonly staleEvaluation: readonly string[];
  readonly actions: readonly LoggedAction[];
}

/** Raised when the form of the file changes; another version's file is not read. */
const FORMAT = 1;

/**
 * Passes events on, and at the end of a build that ran something writes down what ran and why.
 * A file that cannot be written is a warning: the build itself is no worse for it.
 */
export function loggingSink(file: string, startMs: number, emit: EventSink): EventSink {
  const reasons = new Map<string, readonly Reason[]>();
  const started = new Map<string, number>();
  const staleEvaluation: string[] = [];
  const actions: LoggedAction[] = [];
  const conclude = (id: string, result: LoggedAction['result'], start: number, endMs: number): void => {
    actions.push({ id, reasons: (reasons.get(id) ?? []).map(shorten), result, startMs: start, endMs });
  };
  return (event) => {
    if (event.kind === 'stale-evaluation') staleEvaluation.push(event.what);
    else if (event.kind === 'started') {
      reasons.set(event.action.id, event.reasons);
      started.set(event.action.id, Date.now());
    } else if (event.kind === 'finished')
      conclude(event.action.id, event.changed ? 'changed' : 'same', event.startMs, event.endMs);
    else if (event.kind === 'failed') conclude(event.action.id, 'failed', event.startMs, event.endMs);
    else if (event.kind === 'cancelled') {
      const now = Date.now();
      conclude(event.action.id, 'cancelled', started.get(event.action.id) ?? now, now);
    } else if (event.kind === 'done' && actions.length > 0) {
      const { outcome } = event.summary;
      const log: BuildLog = { format: FORMAT, startMs, endMs: Date.now(), outcome, staleEvaluation, actions };
      try {
        const temporary = `${file}.${process.pid}`;
        fs.writeFileSync(temporary, JSON.stringify(log));
        fs.renameSync(temporary, file);
      } catch (error) {
        const message = `the reasons of this build are not kept: ${(error as Error).message}`;
        emit({ kind: 'warning', diagnostic: { message } });
      }
    }
    emit(event);
  };
}

/** Commands take 10 KB each: only the words that differ are kept, which describeReason tells in the same way. */
function shorten(reason: Reason): Reason {
  if (reason.kind !== 'command') return reason;
  const before = reason.from.split(/\s+/);
  const after = reason.to.split(/\s+/);
  return { kind: 'command', from: without(before, after), to: without(after, before) };
}

/** The words that `taken` does not hold as often. */
function without(words: readonly string[], taken: readonly string[]): string {
  const left = new Map<string, number>();
  for (const word of taken) left.set(word, (left.get(word) ?? 0) + 1);
  const kept = words.filter((word) => {
    const count = left.get(word) ?? 0;
    left.set(word, count - 1);
    return count <= 0;
  });
  return kept.join(' ');
}

/** Reads what loggingSink wrote; undefined when there is none, or none of this version. */
export function readBuildLog(file: string): BuildLog | undefined {
  try {
    const log = JSON.parse(fs.readFileSync(file, 'utf8')) as BuildLog;
    return log.format === FORMAT && Array.isArray(log.actions) ? log : undefined;
  } catch {
    return undefined;
  }
}
