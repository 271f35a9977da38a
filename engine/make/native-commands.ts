import { type as systemName } from 'node:os';
import process from 'node:process';
import { absolutePath } from './functions/names.ts';
import type { MakeHost } from './host.ts';

/** Thrown when the real shell is needed. Nothing has been done by then: no command here has an effect. */
export class NeedsShell extends Error {}

const SYSTEM_FOLDERS: ReadonlySet<string> = new Set(['/usr/bin', '/bin', '/usr/sbin', '/sbin']);

/** The commands that native-shell.ts understands, and what they change: the output and the working directory. */
export class NativeCommands {
  output = '';
  /** Where `cd` went. */
  directory: string | undefined;
  private readonly host: MakeHost;
  private readonly environment: Readonly<Record<string, string>>;
  private readonly start: string;

  /** @param cwd where the shell would start */
  constructor(host: MakeHost, cwd: string, environment: Readonly<Record<string, string>>) {
    this.host = host;
    this.start = cwd;
    this.environment = environment;
  }

  /** @returns the status */
  execute(name: string, args: readonly string[]): number {
    switch (name) {
      case 'true':
      case ':':
        return 0;
      case 'false':
        return 1;
      case 'echo':
        return args[0] === '-n' ? this.print(args.slice(1), false) : this.print(args, true);
      case 'printf':
        if (args.length !== 1) throw new NeedsShell();
        return this.print(args, false);
      case '[':
        if (args.at(-1) !== ']') throw new NeedsShell();
        return this.test(args.slice(0, -1)) ? 0 : 1;
      case 'test':
        return this.test(args) ? 0 : 1;
      case 'mkdir':
        this.requireProgram('mkdir');
        return this.makeDirectories(args);
      case 'cd':
        return this.changeDirectory(args);
      case 'pwd':
        if (args.length > 0) throw new NeedsShell();
        this.output += `${this.directory ?? this.startDirectory()}\n`;
        return 0;
      case 'umask':
        if (args.length > 0) throw new NeedsShell();
        this.output += `${currentUmask().toString(8).padStart(4, '0')}\n`;
        return 0;
      case 'which':
        this.requireProgram('which');
        return this.which(args);
      case 'uname':
        if (args.length > 0) throw new NeedsShell();
        this.requireProgram('uname');
        this.output += `${systemName()}\n`;
        return 0;
      default:
        throw new NeedsShell();
    }
  }

  private print(args: readonly string[], newline: boolean): number {
    if (args.some((arg) => /[\\%]/.test(arg)) || args[0]?.startsWith('-') === true) throw new NeedsShell();
    this.output += args.join(' ') + (newline ? '\n' : '');
    return 0;
  }

  private test(args: readonly string[]): boolean {
    const [left, operator, right] = args;
    if (args.length === 2) return this.testFile(left!, operator!);
    if (args.length !== 3) throw new NeedsShell();
    if (operator === '=') return left === right;
    if (operator === '!=') return left !== right;
    if (!/^-?[0-9]{1,15}$/.test(left!) || !/^-?[0-9]{1,15}$/.test(right!)) throw new NeedsShell();
    const a = Number(left);
    const b = Number(right);
    switch (operator) {
      case '-eq':
        return a === b;
      case '-ne':
        return a !== b;
      case '-gt':
        return a > b;
      case '-ge':
        return a >= b;
      case '-lt':
        return a < b;
      case '-le':
        return a <= b;
      default:
        throw new NeedsShell();
    }
  }

  private testFile(operator: string, name: string): boolean {
    switch (operator) {
      case '-n':
        return name !== '';
      case '-z':
        return name === '';
      case '-e':
        return name !== '' && this.host.stat(this.path(name)) !== undefined;
      case '-d':
        return name !== '' && this.host.stat(this.path(name))?.directory === true;
      default:
        throw new NeedsShell();
    }
  }

  private path(name: string): string {
    return name.startsWith('/') ? name : `${this.directory ?? this.startDirectory()}/${name}`;
  }

  /** `mkdir -p`, if there is nothing to make. */
  private makeDirectories(args: readonly string[]): number {
    const [option, ...names] = args;
    if ((option !== '-p' && option !== '-pv') || names.length === 0) throw new NeedsShell();
    for (const name of names) {
      if (name === '' || name.startsWith('-')) throw new NeedsShell();
      if (this.host.stat(this.path(name))?.directory !== true) throw new NeedsShell();
    }
    return 0;
  }

  private changeDirectory(args: readonly string[]): number {
    const [name] = args;
    if (args.length !== 1 || name === undefined || name === '' || name.startsWith('-'))
      throw new NeedsShell();
    // CDPATH is for relative names.
    if (!name.startsWith('/') && this.environment['CDPATH'] !== undefined) throw new NeedsShell();
    const path = this.path(name);
    if (this.host.stat(path)?.directory !== true) throw new NeedsShell();
    const plain = absolutePath(path, '/');
    // `..` behind a link: whether the shell goes by the name or by the disk is not for here to say.
    if (path.split('/').includes('..') && this.host.realpath(path) !== plain) throw new NeedsShell();
    this.directory = plain;
    return 0;
  }

  /** The shell trusts PWD if it names this directory; by a link, it may be another name than ours. */
  private startDirectory(): string {
    const given = this.environment['PWD'];
    if (given === undefined || given === this.start) return this.start;
    const theirs = this.host.stat(given);
    const ours = this.host.stat(this.start);
    if (theirs !== undefined && theirs.inode === ours?.inode && theirs.device === ours.device) {
      throw new NeedsShell();
    }
    return this.start;
  }

  /** The first executable of that name in PATH; a name with a slash is itself. */
  private which(args: readonly string[]): number {
    const [name] = args;
    if (args.length !== 1 || name === undefined || name.startsWith('-')) throw new NeedsShell();
    let found: string | undefined;
    if (/^[A-Za-z0-9_.+-]+$/.test(name)) found = this.findProgram(name);
    else if (name.startsWith('/') && this.isProgram(name)) found = name;
    if (found === undefined) throw new NeedsShell();
    this.output += `${found}\n`;
    return 0;
  }

  /** Undefined also where it is for the system to say whether this user may execute what is there. */
  private findProgram(name: string): string | undefined {
    for (const directory of (this.environment['PATH'] ?? '').split(':')) {
      if (!directory.startsWith('/')) return undefined;
      const path = `${directory}/${name}`;
      const stat = this.host.stat(path);
      if (stat === undefined || stat.directory || !stat.executable) continue;
      return stat.executableByAll ? path : undefined;
    }
    return undefined;
  }

  private isProgram(path: string): boolean {
    const stat = this.host.stat(path);
    return stat !== undefined && !stat.directory && stat.executableByAll;
  }

  /** The program by that name is the system's, not something of the user's in front of it in PATH. */
  isSystemProgram(name: string): boolean {
    const path = this.findProgram(name);
    return path !== undefined && SYSTEM_FOLDERS.has(path.slice(0, path.lastIndexOf('/')));
  }

  private requireProgram(name: string): void {
    if (!this.isSystemProgram(name)) throw new NeedsShell();
  }
}

/** The umask of this process; it cannot be read without being set for a moment. */
function currentUmask(): number {
  const umask = process.umask(0o022);
  process.umask(umask);
  return umask;
}
