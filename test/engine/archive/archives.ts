import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Header } from 'tar';
import { onTestFinished } from 'vitest';

/** A fresh folder, removed after the test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'unigraph-archive-'));
  onTestFinished(() => {
    // Some tests make folders that are not writable.
    execFileSync('chmod', ['-R', 'u+rwx', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export interface Member {
  readonly path: string;
  readonly type?: string;
  readonly content?: string | Buffer;
  readonly link?: string;
  readonly mode?: number;
  readonly mtime?: number;
}

/** A tar stream with exactly these headers, hostile ones included: no archiver would write some of them. */
export function tarStream(members: readonly Member[]): Buffer {
  const blocks: Buffer[] = [];
  for (const { path, type = 'File', content = '', link, mode = 0o644, mtime = 1_000_000_000 } of members) {
    const body = Buffer.from(content);
    const header = new Header({
      path,
      mode,
      uid: 0,
      gid: 0,
      size: body.length,
      mtime: new Date(mtime * 1000),
      type: type as never,
      ...(link === undefined ? {} : { linkpath: link }),
    });
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    blocks.push(block, body, Buffer.alloc((512 - (body.length % 512)) % 512));
  }
  blocks.push(Buffer.alloc(1024));
  return Buffer.concat(blocks);
}

/** Every path below `root` with what a person can see of it: type, permissions, time, content or target. */
export function snapshot(root: string): Record<string, string> {
  const seen: Record<string, string> = {};
  const walk = (path: string): void => {
    for (const name of readdirSync(join(root, path)).sort()) {
      const relative = path === '' ? name : `${path}/${name}`;
      const full = join(root, relative);
      const stat = lstatSync(full);
      const mode = (stat.mode & 0o7777).toString(8);
      // Node sets times through a double, which holds about a quarter of a microsecond.
      const time = stat.mtimeMs.toFixed(2);
      if (stat.isSymbolicLink()) seen[relative] = `link ${time} -> ${readlinkSync(full)}`;
      else if (stat.isDirectory()) {
        seen[relative] = `folder ${mode} ${time}`;
        walk(relative);
      } else {
        const kind = stat.isFile() ? 'file' : 'special';
        seen[relative] = `${kind} ${mode} ${time} links=${stat.nlink} ${digest(readFileSync(full))}`;
      }
    }
  };
  walk('');
  return seen;
}

const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex').slice(0, 16);

/** Runs a program of the system; its output. */
export function sh(command: string, cwd: string): string {
  return execFileSync('bash', ['-euc', command], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Is the program there? Tests that compare with it are skipped otherwise. */
export function has(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A little source tree with everything that real ones have. */
export const sourceTree = `
  umask 022
  mkdir -p top-1.0/src/deep/er top-1.0/empty top-1.0/locked "top-1.0/with space"
  echo 'int main(void) { return 0; }' > top-1.0/src/main.c
  printf '#!/bin/sh\\necho hi\\n' > top-1.0/configure; chmod 755 top-1.0/configure
  printf '' > top-1.0/src/empty.c
  echo group > top-1.0/group-writable; chmod 664 top-1.0/group-writable
  echo secret > top-1.0/private; chmod 600 top-1.0/private
  echo ro > top-1.0/locked/read-only; chmod 444 top-1.0/locked/read-only
  echo x > top-1.0/setuid; chmod 6755 top-1.0/setuid
  echo ü > "top-1.0/with space/ünïcödé.txt"
  head -c 3000000 /dev/zero | tr '\\0' 'a' > top-1.0/big.dat
  ln -s src/main.c top-1.0/link-to-file
  ln -s ../.. top-1.0/src/deep/link-to-top
  ln -s not-there top-1.0/dangling
  ln top-1.0/src/main.c top-1.0/src/hard.c
  LONG=top-1.0/$(printf 'long-directory-name-%.0s' 1 2 3 4 5)/$(printf 'and-another-long-name-%.0s' 1 2 3 4 5)
  mkdir -p "$LONG"; echo long > "$LONG/$(printf 'file-%.0s' {1..30}).c"
  find top-1.0 -exec touch -h -d '2021-03-04 05:06:07.123456' {} +
  touch -d '1999-12-31 23:59:58' top-1.0/src/main.c top-1.0/src
  chmod 555 top-1.0/locked; chmod 1777 top-1.0/empty; chmod 775 top-1.0/src
`;
