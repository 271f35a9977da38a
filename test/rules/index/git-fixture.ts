import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { workingFolders, type WorkingFolders } from '../../../rules/workspace/working-folders.ts';

/** A folder with git repositories, a home and a working folder of its own; the user's settings do not reach it. */
export class GitFixture {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'index-')));
  readonly environment: Record<string, string>;

  constructor() {
    mkdirSync(this.path('home'));
    writeFileSync(
      this.path('home/.gitconfig'),
      '[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = staging\n',
    );
    this.environment = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.path('home'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_DATE: '2024-01-01T00:00:00Z',
      GIT_COMMITTER_DATE: '2024-01-01T00:00:00Z',
    };
  }

  get folders(): WorkingFolders {
    return workingFolders(this.environment, this.root);
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  file(path: string, text: string): string {
    const full = this.path(path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  }

  git(folder: string, ...args: string[]): string {
    return execFileSync('git', args, {
      cwd: this.path(folder),
      env: this.environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  }

  /** A repository of a library or application with one commit on `staging`. */
  repository(path: string, name = 'thing', macro = 'addlib_s'): string {
    this.file(
      join(path, 'Makefile.uk'),
      `$(eval $(call ${macro},${name},$(CONFIG_${name.toUpperCase()})))\n`,
    );
    this.file(join(path, 'Config.uk'), `config ${name.toUpperCase()}\n\tbool "${name}"\n`);
    this.git(path, 'init', '--quiet');
    this.commit(path, 'first');
    return this.path(path);
  }

  /** Commits everything in a repository; returns the commit. */
  commit(path: string, message: string): string {
    this.file(join(path, 'changes'), message);
    this.git(path, 'add', '--all');
    this.git(path, 'commit', '--quiet', '--message', message);
    return this.head(path);
  }

  head(path: string): string {
    return this.git(path, 'rev-parse', 'HEAD');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
