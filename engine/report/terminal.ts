import type { Action } from '../graph/action.ts';
import { commandText } from '../graph/action.ts';
import { describeReason } from '../graph/reason.ts';
import { formatDiagnostic } from '../location.ts';
import { unreachable } from '../result.ts';
import type { BuildEvent, BuildSummary, EventSink } from './event.ts';

export interface TerminalOptions {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Shows a line that changes in place instead of one line for each action. */
  readonly interactive: boolean;
  readonly color: boolean;
  readonly columns: () => number;
  /** Tells commands and reasons. */
  readonly verbose: boolean;
  readonly quiet: boolean;
}

type Failed = Extract<BuildEvent, { kind: 'failed' }>;

/** Tells a build to a person: one block of output for each action, failures again at the end. */
export function terminalReport(options: TerminalOptions): EventSink {
  const failures: Failed[] = [];
  let planned = 0;
  let done = 0;
  let status = '';
  const paint = (code: string, text: string): string =>
    options.color ? `\u001b[${code}m${text}\u001b[0m` : text;

  const clearStatus = (): void => {
    if (status === '') return;
    options.stdout.write('\r\u001b[K');
    status = '';
  };
  const showStatus = (text: string): void => {
    const room = Math.max(10, options.columns() - 1);
    const line = text.length > room ? `${text.slice(0, room - 1)}…` : text;
    options.stdout.write(`\r${line}\u001b[K`);
    status = line;
  };
  const say = (text: string): void => {
    clearStatus();
    options.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  };
  const complain = (text: string): void => {
    clearStatus();
    options.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
  };
  const title = (action: Action): string => `  ${paint('36', action.label.padEnd(7))} ${action.description}`;

  return (event) => {
    switch (event.kind) {
      case 'note':
        if (!options.quiet) say(event.text);
        break;
      case 'warning':
        complain(`${paint('33', 'warning:')} ${formatDiagnostic(event.diagnostic)}`);
        break;
      case 'stale-evaluation':
        if (options.verbose) say(paint('2', `reading the makefiles again because ${event.what} changed`));
        break;
      case 'planned':
        planned = event.actions;
        break;
      case 'started':
        if (options.verbose) {
          for (const reason of event.reasons) say(`  ${paint('2', `because ${describeReason(reason)}`)}`);
        }
        if (options.interactive && !options.quiet && !options.verbose)
          showStatus(`[${done}/${planned}] ${event.action.label} ${event.action.description}`);
        break;
      case 'progress':
        if (options.interactive && !options.quiet)
          showStatus(`[${done}/${planned}] ${event.action.label} ${event.action.description}: ${event.text}`);
        break;
      case 'would-run':
        say(title(event.action) + (event.certain ? '' : paint('2', ' (if what it needs changes)')));
        if (options.verbose) {
          for (const reason of event.reasons) say(`          because ${describeReason(reason)}`);
          say(commandText(event.action).replace(/^/gm, '          '));
        }
        break;
      case 'fresh':
        done++;
        break;
      case 'finished':
        done++;
        if (options.verbose) say(`${title(event.action)}\n${commandText(event.action)}`);
        else if (!options.interactive && !options.quiet) say(title(event.action));
        if (event.output !== '') {
          if (options.interactive) complain(title(event.action));
          complain(event.output);
        }
        if (options.interactive && !options.quiet && !options.verbose)
          showStatus(`[${done}/${planned}] ${event.action.label} ${event.action.description}`);
        break;
      case 'failed':
        failures.push(event);
        complain(failureText(event, title(event.action), paint));
        break;
      case 'cancelled':
        break;
      case 'done':
        clearStatus();
        summarize(event.summary);
        break;
      default:
        unreachable(event);
    }
  };

  function summarize(summary: BuildSummary): void {
    const seconds = (summary.elapsedMs / 1000).toFixed(summary.elapsedMs < 9950 ? 2 : 1);
    const count = (many: number, noun: string): string => `${many} ${noun}${many === 1 ? '' : 's'}`;
    switch (summary.outcome) {
      case 'succeeded':
        if (options.quiet) return;
        say(summary.ran === 0 ? 'Nothing to do.' : `${count(summary.ran, 'action')} run in ${seconds} s.`);
        return;
      case 'interrupted':
        complain(`Interrupted after ${count(summary.ran, 'action')}; what is done stays done.`);
        return;
      case 'failed': {
        // With a single failure the text is still in sight.
        if (failures.length > 1) {
          complain(`\n${count(failures.length, 'action')} failed:`);
          for (const failure of failures) complain(failureText(failure, title(failure.action), paint));
        }
        const skipped = summary.skipped > 0 ? `, ${summary.skipped} not tried` : '';
        complain(`${count(summary.failed, 'action')} failed, ${summary.ran} run${skipped} in ${seconds} s.`);
        return;
      }
      default:
        unreachable(summary.outcome);
    }
  }
}

function failureText(event: Failed, title: string, paint: (code: string, text: string) => string): string {
  const lines = [title];
  if (event.output !== '') lines.push(event.output.replace(/\n$/, ''));
  lines.push(`${paint('31', 'failed:')} ${event.failure.message}`);
  if (event.failure.reproduce !== '') lines.push(`to reproduce: ${event.failure.reproduce}`);
  return lines.join('\n');
}
