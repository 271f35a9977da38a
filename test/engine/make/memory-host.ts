import type { HostStat, MakeHost, ShellReply, ShellRequest } from '../../../engine/make/host.ts';

/** A host whose files are in memory and whose commands answer what the test says. */
export class MemoryHost implements MakeHost {
  readonly files = new Map<string, string>();
  readonly commands: ShellRequest[] = [];
  /** Every path that was read or asked for. */
  readonly touched = new Set<string>();
  lastError: string | undefined;
  answer: (command: string) => ShellReply = () => ({ stdout: '', status: 0 });

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries(files)) this.files.set(path, text);
  }

  readFile(path: string): string | undefined {
    this.touched.add(path);
    const text = this.files.get(path);
    if (text === undefined) this.lastError = 'ENOENT';
    return text;
  }

  stat(path: string): HostStat | undefined {
    this.touched.add(path);
    const bare = path.replace(/\/\.?$/, '');
    const found = (directory: boolean): HostStat => ({
      mtimeMs: 1000,
      directory,
      executable: false,
      executableByAll: false,
      device: 1,
      inode: [...bare].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7),
    });
    if (this.files.has(bare)) return found(false);
    for (const name of this.files.keys()) if (name.startsWith(`${bare}/`)) return found(true);
    this.lastError = 'ENOENT';
    return undefined;
  }

  lstat(path: string): HostStat | undefined {
    return this.stat(path);
  }

  readDirectory(path: string): readonly string[] | undefined {
    const bare = path.replace(/\/\.?$/, '');
    const names = new Set<string>();
    for (const name of this.files.keys()) {
      if (name.startsWith(`${bare}/`)) names.add(name.slice(bare.length + 1).split('/')[0]!);
    }
    return names.size === 0 ? undefined : [...names];
  }

  realpath(path: string): string | undefined {
    return this.stat(path) === undefined ? undefined : path;
  }

  writeFile(path: string, text: string, append: boolean): string | undefined {
    this.files.set(path, append ? (this.files.get(path) ?? '') + text : text);
    return undefined;
  }

  shell(request: ShellRequest): ShellReply {
    this.commands.push(request);
    return this.answer(request.command);
  }

  readStandardInput(): string {
    return '';
  }

  now(): number {
    return 1_000_000;
  }
}
