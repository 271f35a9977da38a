import { commandArgv, type ShellSettings } from './command-argv.ts';
import type { ExpansionServices } from './expander.ts';
import { LineSource } from './line-source.ts';
import { answerNatively, givesTheSameAgain } from './native-shell.ts';
import type { ShellReply } from './host.ts';
import { Reader } from './reader.ts';
import type { Run } from './run.ts';
import { placePrefix } from './stop.ts';
import { describeError } from './system-errors.ts';
import { type Place, type TargetScope } from './variables.ts';

/** One name, without a character that could mean more than itself in a list of names. */
const PLAIN_NAME = /^[^\s\\*?[~(]+$/;

/** What functions do to the world, through the run's host. */
export class Services implements ExpansionServices {
  readonly cwd: string;
  private readonly run: Run;
  private evaluations = 0;
  /** Replies of commands that give the same each time, by shell and command. */
  private readonly kept = new Map<string, ShellReply>();

  constructor(run: Run) {
    this.run = run;
    this.cwd = run.cwd;
  }

  wildcard(patterns: string): string {
    // Most often one name is asked for, and whether it is there is all that matters.
    if (PLAIN_NAME.test(patterns)) return this.run.directories.isPresent(patterns) ? patterns : '';
    return this.run.names.parse(patterns, { keepDotSlash: true, existing: true }).names.join(' ');
  }

  realpath(name: string): string | undefined {
    return this.run.host.realpath(this.run.directories.path(name));
  }

  /** The shell for commands of `$(shell)`, or of a target's recipe. */
  shellSettings(scope: TargetScope | undefined, stopAtNewline: boolean): ShellSettings {
    const { run } = this;
    const { expander } = run;
    const quiet = expander.warnUndefinedVariables;
    expander.warnUndefinedVariables = false;
    const value = (text: string): string =>
      scope === undefined ? expander.expand(text) : expander.expandIn(scope, text);
    const settings = {
      shell: value('$(SHELL)'),
      flags: value('$(.SHELLFLAGS)'),
      ifs: value('$(IFS)'),
      oneShell: run.oneShell,
      stopAtNewline,
    };
    expander.warnUndefinedVariables = quiet;
    return settings;
  }

  shell(command: string, trimAll: boolean): string {
    const { run } = this;
    const settings = this.shellSettings(undefined, false);
    const { argv } = commandArgv(command, settings);
    if (argv === undefined) return '';
    const native = run.options.nativeShell === true ? this.answer(command, settings) : undefined;
    const errorDescriptor = run.options.output.beforeShell();
    const reply =
      native ??
      run.host.shell({
        command,
        argv,
        cwd: run.cwd,
        environment: this.shellEnvironment(),
        ...(errorDescriptor === undefined ? {} : { errorDescriptor }),
      });
    if (native === undefined) run.directories.filesChanged();
    if (native === undefined && reply.status === 0) this.keep(command, settings, reply);
    if (reply.stderr !== undefined && reply.stderr !== '') run.options.output.error(reply.stderr);
    let status = reply.status;
    if (reply.failure !== undefined) {
      status = 127;
      run.options.output.error(`${run.messages.program}: ${argv[0]!}: ${describeError(reply.failure)}\n`);
    }
    run.variables.setShellStatus(status);
    // What a command that does not exist wrote is a message for the user.
    if (status === 127) {
      if (reply.stdout !== '') run.options.output.error(reply.stdout);
      return '';
    }
    return foldNewlines(reply.stdout, trimAll);
  }

  /** What a command would answer, if that is known without running it. */
  private answer(command: string, settings: ShellSettings): ShellReply | undefined {
    const { host, cwd, options } = this.run;
    return (
      this.kept.get(`${settings.shell} ${command}`) ??
      answerNatively(command, settings, host, cwd, options.environment)
    );
  }

  private keep(command: string, settings: ShellSettings, reply: ShellReply): void {
    const { host, cwd, options } = this.run;
    if (options.nativeShell !== true) return;
    if (!givesTheSameAgain(command, settings, host, cwd, options.environment)) return;
    this.kept.set(`${settings.shell} ${command}`, reply);
  }

  /** `$(shell)` sees the environment of make itself; exports of makefiles do not reach it in 4.3. */
  private shellEnvironment(): Readonly<Record<string, string>> {
    return this.run.options.environment;
  }

  evaluateText(text: string): void {
    if (text === '') return;
    const { run } = this;
    const reading = run.expander.reading;
    const place: Place = reading ?? { file: '', line: 1, offset: 0 };
    this.evaluations++;
    new Reader(run, new LineSource(text, false), place, true).read();
    this.evaluations--;
    run.expander.reading = reading;
  }

  readFile(name: string): { content: string; problem?: string } {
    const { host, directories } = this.run;
    const content = host.readFile(directories.path(name));
    if (content !== undefined) return { content };
    if (host.lastError === 'ENOENT') return { content: '' };
    const operation = host.lastError === 'EISDIR' ? 'read' : 'open';
    return { content: '', problem: `${operation}: ${name}: ${describeError(host.lastError)}` };
  }

  writeFile(name: string, text: string, append: boolean): string | undefined {
    const { directories, host } = this.run;
    directories.filesChanged();
    return host.writeFile(directories.path(name), text, append);
  }

  info(text: string): void {
    const { options, expander } = this.run;
    if (options.onInfo !== undefined) options.onInfo(text, expander.reading);
    else options.output.info(`${text}\n`);
  }

  warn(text: string, place: Place | undefined): void {
    this.run.messages.warn(text, place);
  }

  /** `~`: `$(HOME)`, else the environment's; `~user`: what the password file says. */
  homeDirectory(user: string): string | undefined {
    const { run } = this;
    if (user === '') {
      const home = run.expandQuietly('$(HOME)') || (run.options.environment['HOME'] ?? '');
      return home === '' ? undefined : home;
    }
    for (const line of (run.host.readFile('/etc/passwd') ?? '').split('\n')) {
      const fields = line.split(':');
      if (fields[0] === user) return fields[5];
    }
    return undefined;
  }
}

/** Newlines become blanks; those at the end go: all of them, or one (`!=`). CR before LF goes too. */
export function foldNewlines(output: string, trimAll: boolean): string {
  const nul = output.indexOf('\0');
  let text = nul < 0 ? output : output.slice(0, nul);
  text = text.replace(/\r\n/g, '\n');
  const end = trimAll ? text.replace(/\n+$/, '') : text.replace(/\n$/, '');
  return end.replace(/\n/g, ' ');
}

/** A message's first line as make prints it for a place. */
export function located(text: string, place: Place | undefined): string {
  return placePrefix(place) + text;
}
