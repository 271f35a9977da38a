import { ConsoleReader } from './console-reader.ts';
import { crashText, locate, type CrashAddress } from './crash-report.ts';
import type { Image } from './image.ts';

/** A report on the console is complete when nothing has been printed for so long. */
const QUIET_MS = 300;

/** Watches the console for what the core says about its end, and tells a crash in terms of the source, once. */
export class ConsoleWatch {
  readonly #reader = new ConsoleReader();
  readonly #image: Image;
  readonly #note: (text: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #told: Promise<void> | undefined;

  constructor(image: Image, note: (text: string) => void) {
    this.#image = image;
    this.#note = note;
  }

  feed(chunk: Buffer): void {
    this.#reader.feed(chunk);
    if (this.#reader.failure === undefined || this.#told !== undefined) return;
    // Some cores halt after a report, so that the end of QEMU is nothing to wait for.
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tell(), QUIET_MS);
  }

  /** What the console told, when it has told everything. */
  async end(): Promise<{ readonly failed: boolean; readonly mainStatus: number | undefined }> {
    clearTimeout(this.#timer);
    this.#reader.end();
    await this.#tell();
    return { failed: this.#reader.failure !== undefined, mainStatus: this.#reader.mainStatus };
  }

  #tell(): Promise<void> {
    this.#told ??= this.#locate();
    return this.#told;
  }

  async #locate(): Promise<void> {
    const { addresses, failure, hints } = this.#reader;
    if (failure !== undefined) this.#note(await this.#text(failure, addresses));
    for (const hint of hints) this.#note(hint);
  }

  async #text(title: string, addresses: readonly CrashAddress[]): Promise<string> {
    if (addresses.length === 0) return title;
    const { path, debugImage } = this.#image;
    if (debugImage === undefined) return `${title}; there is no ${path}.dbg to find the place in the source`;
    const frames = await locate(this.#image, addresses);
    return frames === undefined
      ? `${title}; addr2line is needed to find the place in the source (apt-get install binutils)`
      : crashText(title, frames);
  }
}
