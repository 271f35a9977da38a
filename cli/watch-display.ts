import { relative } from 'node:path';
import { commandText, type Action } from '../engine/graph/action.ts';
import { describeReason } from '../engine/graph/reason.ts';
import { formatDiagnostic } from '../engine/location.ts';
import type { BuildEvent, BuildSummary } from '../engine/report/event.ts';
import { unreachable } from '../engine/result.ts';
import type { WatchEvent } from '../rules/watch/watch-event.ts';

export interface WatchDisplayOptions {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** A line that changes in place, and keys. */
  readonly interactive: boolean;
  readonly color: boolean;
  readonly columns: () => number;
  /** Paths below it are told relative to it. */
  readonly cwd: string;
  readonly verbose: boolean;
  readonly quiet: boolean;
}

/** More of them are only counted. */
const MOST_NAMES = 4;
/** On a terminal a build of many actions shows what runs now instead of a line for each. */
const MOST_ACTIONS = 12;

const seconds = (ms: number): string => `${(Math.max(0, ms) / 1000).toFixed(2)} s`;
const count = (many: number, noun: string): string => `${many} ${noun}${many === 1 ? '' : 's'}`;

/** Tells a watch: on a terminal a block for each build and a line that says what goes on, otherwise one line for each event. */
export class WatchDisplay {
  readonly #options: WatchDisplayOptions;
  #status = '';
  #waiting = '';
  #actions = 0;

  constructor(options: WatchDisplayOptions) {
    this.#options = options;
  }

  tell(event: WatchEvent): void {
    const { quiet, interactive } = this.#options;
    switch (event.kind) {
      case 'building':
        this.#actions = 0;
        this.#waiting = '';
        if (!quiet && event.changed.length > 0) this.#say(`changed ${this.#names(event.changed)}`, '36');
        else if (interactive) this.#show('building …');
        break;
      case 'build':
        this.#tellBuild(event.event);
        break;
      case 'obsolete':
        if (!quiet) this.#say(`stopped: ${this.#names(event.changed)} changed meanwhile`, '33');
        break;
      case 'built':
        if (event.isNews) this.#summarize(event.summary);
        break;
      case 'refused':
        this.#complain(`failed: ${formatDiagnostic(event.diagnostic)}`, '31');
        break;
      case 'busy':
        this.#say(
          `another build (process ${event.holder.pid}) is at work in this folder; waiting for its end`,
          '33',
        );
        break;
      case 'notice':
        this.#complain(event.text);
        break;
      case 'guest-started':
        if (!quiet) this.#say(`booting ${this.#name(event.image)}`, '36');
        break;
      case 'guest-ended':
        if (event.said !== undefined) this.#complain(event.said);
        if (!quiet) this.#say(`the guest ended with status ${event.status}`, event.status === 0 ? '2' : '31');
        this.#showWaiting();
        break;
      case 'guest-kept':
        break;
      case 'guest-refused':
        this.#complain(`cannot boot: ${formatDiagnostic(event.diagnostic)}`, '31');
        break;
      case 'waiting':
        if (interactive) {
          const what = event.failed ? 'failed; waiting for a change' : 'waiting for changes';
          this.#waiting = `${what} (r: build again, q: quit)`;
          this.#showWaiting();
        } else if (!quiet) this.#say('waiting');
        break;
      default:
        unreachable(event);
    }
  }

  /** Takes away what would not be true any more. */
  close(): void {
    this.#clear();
  }

  #tellBuild(event: BuildEvent): void {
    const { verbose, quiet, interactive } = this.#options;
    switch (event.kind) {
      case 'note':
        if (verbose) this.#say(event.text);
        break;
      case 'warning':
        this.#complain(`warning: ${formatDiagnostic(event.diagnostic)}`, '33');
        break;
      case 'stale-evaluation':
        if (verbose) this.#say(`reading the makefiles again because ${this.#name(event.what)} changed`);
        else if (interactive) this.#show('reading the makefiles …');
        break;
      case 'started':
        if (verbose)
          for (const reason of event.reasons) this.#say(`  because ${describeReason(reason)}`, '2');
        if (interactive && !quiet) this.#show(title(event.action));
        break;
      case 'progress':
        if (interactive && !quiet) this.#show(`${title(event.action)}: ${event.text}`);
        break;
      case 'finished': {
        this.#actions++;
        const many = interactive && this.#actions > MOST_ACTIONS;
        const took = seconds(event.endMs - event.startMs);
        if (!quiet && (!many || verbose)) this.#say(`ran ${title(event.action)} (${took})`);
        if (verbose) this.#say(commandText(event.action));
        if (event.output !== '') this.#complain(`${title(event.action)}\n${event.output}`);
        break;
      }
      case 'failed': {
        const lines = [`failed ${title(event.action)}: ${event.failure.message}`];
        if (event.output !== '') lines.push(event.output.replace(/\n$/, ''));
        if (event.failure.reproduce !== '') lines.push(`to reproduce: ${event.failure.reproduce}`);
        this.#complain(lines.join('\n'), '31');
        break;
      }
      case 'planned':
      case 'would-run':
      case 'fresh':
      case 'cancelled':
      case 'done':
        break;
      default:
        unreachable(event);
    }
  }

  #summarize(summary: BuildSummary): void {
    const { quiet } = this.#options;
    const took = `in ${seconds(summary.elapsedMs)}`;
    switch (summary.outcome) {
      case 'succeeded':
        if (quiet) return;
        this.#say(
          summary.ran === 0 ? 'built: nothing to do' : `built: ${count(summary.ran, 'action')} ${took}`,
          '32',
        );
        return;
      case 'failed': {
        const skipped = summary.skipped > 0 ? `, ${summary.skipped} not tried` : '';
        this.#complain(
          `not built: ${count(summary.failed, 'action')} failed, ${summary.ran} run${skipped} ${took}`,
          '31',
        );
        return;
      }
      case 'interrupted':
        return;
      default:
        unreachable(summary.outcome);
    }
  }

  #names(paths: readonly string[]): string {
    const names = paths.slice(0, MOST_NAMES).map((each) => this.#name(each));
    const more = paths.length - names.length;
    return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
  }

  #name(file: string): string {
    const { cwd } = this.#options;
    return file.startsWith(`${cwd}/`) ? relative(cwd, file) : file;
  }

  #say(text: string, color?: string): void {
    this.#write(this.#options.stdout, text, color);
  }

  #complain(text: string, color?: string): void {
    this.#write(this.#options.stderr, text, color);
  }

  #write(stream: NodeJS.WritableStream, text: string, color: string | undefined): void {
    this.#clear();
    const [first = '', ...rest] = text.replace(/\n$/, '').split('\n');
    const painted = color === undefined || !this.#options.color ? first : `\u001b[${color}m${first}\u001b[0m`;
    stream.write(`${[painted, ...rest].join('\n')}\n`);
  }

  #showWaiting(): void {
    if (this.#waiting !== '') this.#show(this.#waiting);
  }

  #show(text: string): void {
    const room = Math.max(10, this.#options.columns() - 1);
    const line = text.length > room ? `${text.slice(0, room - 1)}…` : text;
    this.#options.stdout.write(`\r${line}\u001b[K`);
    this.#status = line;
  }

  #clear(): void {
    if (this.#status === '') return;
    this.#options.stdout.write('\r\u001b[K');
    this.#status = '';
  }
}

const title = (action: Action): string => `${action.label} ${action.description}`;
