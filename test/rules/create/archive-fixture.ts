import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { GitFixture } from '../index/git-fixture.ts';

/** Projects as archives on the loopback interface, beside what `GitFixture` has. */
export class ArchiveFixture extends GitFixture {
  private server: Server | undefined;
  readonly requests: string[] = [];

  /** Serves the folder `served`. */
  async serve(): Promise<string> {
    this.server = createServer((request, response) => {
      this.requests.push(request.url ?? '');
      const file = this.path('served', decodeURIComponent(request.url ?? ''));
      if (existsSync(file)) response.writeHead(200).end(readFileSync(file));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /**
   * Packs files into `served/NAME`.
   * @param files by their path in the archive
   * @returns the archive's SHA-256
   */
  archive(name: string, files: Readonly<Record<string, string>>): string {
    const work = this.path('packing', name);
    for (const [path, text] of Object.entries(files)) {
      const file = join(work, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    const target = this.path('served', name);
    mkdirSync(dirname(target), { recursive: true });
    const tops = [...new Set(Object.keys(files).map((path) => path.split('/')[0]!))];
    const isZip = name.endsWith('.zip');
    if (isZip) execFileSync('zip', ['-qr', target, ...tops], { cwd: work });
    else execFileSync('tar', ['-caf', target, ...tops], { cwd: work });
    return createHash('sha256').update(readFileSync(target)).digest('hex');
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) =>
      this.server === undefined ? resolve() : this.server.close(() => resolve()),
    );
    this.remove();
  }
}
