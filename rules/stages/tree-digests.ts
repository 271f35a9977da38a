import fs from 'node:fs';
import path from 'node:path';
import { fileStat, sameStat, type FileStat } from '../../engine/disk.ts';
import { digestOf, formatDigest, type Digest } from '../../engine/digest/hash.ts';
import { vouches } from '../../engine/digest/stat-trust.ts';
import type { WrittenFile } from '../../engine/graph/perform.ts';

/** A file as it was last read or written. */
interface Known {
  readonly stat: FileStat;
  readonly digest: Digest;
  /** When it was read, milliseconds since 1970; Infinity when it was known from being written. */
  readonly readMs: number;
}

/** What the files of folders hold, read only once while their stat vouches for them. Lives as long as a build. */
export class TreeDigests {
  readonly #known = new Map<string, Known>();
  #news: WrittenFile[] = [];

  /** Takes in what was written by whoever unpacked it, in folders that nobody else knew then. */
  add(files: Iterable<WrittenFile>): void {
    for (const written of files) this.#remember(written, Infinity);
  }

  /** What is at a path, as text: a file's digest or a link's target; undefined for what is neither. */
  of(file: string): string | undefined {
    const stats = fs.lstatSync(file, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() === true) return `-> ${fs.readlinkSync(file)}`;
    if (stats?.isFile() !== true) return undefined;
    return formatDigest(this.#content(file, fileStat(stats)));
  }

  /** Every file and link below a folder, with {@link of} each. */
  list(folder: string): Record<string, string> {
    const files: Record<string, string> = {};
    const walk = (below: string): void => {
      for (const entry of fs.readdirSync(path.join(folder, below), { withFileTypes: true })) {
        const name = below === '' ? entry.name : `${below}/${entry.name}`;
        if (entry.isDirectory()) {
          walk(name);
          continue;
        }
        const digest = this.of(`${folder}/${name}`);
        if (digest !== undefined) files[name] = digest;
      }
    };
    walk('');
    return files;
  }

  /** Files below a folder whose content became known since the last such call, for those who would read them next. */
  takeNews(folder: string): readonly WrittenFile[] {
    const isBelow = ({ path: file }: WrittenFile): boolean => file.startsWith(`${folder}/`);
    const news = this.#news.filter(isBelow);
    this.#news = this.#news.filter((file) => !isBelow(file));
    return news;
  }

  #content(file: string, stat: FileStat): Digest {
    const known = this.#known.get(file);
    if (known !== undefined && sameStat(known.stat, stat) && vouches(stat, known.readMs)) return known.digest;
    const readMs = Date.now();
    const digest = digestOf(fs.readFileSync(file));
    this.#remember({ path: file, stat, digest }, readMs);
    return digest;
  }

  #remember(file: WrittenFile, readMs: number): void {
    this.#known.set(file.path, { stat: file.stat, digest: file.digest, readMs });
    if (vouches(file.stat, readMs)) this.#news.push(file);
  }
}
