import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder with made-up cores, libraries and applications. */
export class TreeFixture {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'workspace-')));

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  file(path: string, text = ''): string {
    const full = this.path(path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  }

  core(path: string, release?: readonly [number, number, number]): string {
    for (const name of ['Makefile', 'Config.uk', 'support/build/Makefile.rules']) this.file(join(path, name));
    if (release !== undefined) {
      const [major, minor, extra] = release;
      this.file(
        join(path, 'version.mk'),
        `UK_VERSION = ${major}\nUK_SUBVERSION = ${minor}\nUK_EXTRAVERSION = ${extra}\n`,
      );
    }
    return this.path(path);
  }

  component(path: string, config = ''): string {
    if (config !== '') this.file(join(path, 'Config.uk'), config);
    return dirname(this.file(join(path, 'Makefile.uk')));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
