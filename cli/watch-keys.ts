import process from 'node:process';
import type { ReadStream } from 'node:tty';

export interface WatchKeys {
  readonly r: () => void;
  readonly q: () => void;
  readonly interrupt: () => void;
}

const CTRL_C = '\u0003';
const CTRL_Z = '\u001a';

/** Listens to single keys of a terminal. @returns what gives the terminal back */
export function watchKeys(stdin: ReadStream, keys: WatchKeys): { restore(): void } {
  const listen = (): void => {
    stdin.setRawMode(true);
    stdin.resume();
  };
  const onContinue = (): void => listen();
  const onData = (chunk: Buffer): void => {
    for (const key of chunk.toString('latin1')) {
      if (key === 'r') keys.r();
      else if (key === 'q') keys.q();
      else if (key === CTRL_C) keys.interrupt();
      else if (key === CTRL_Z) {
        // The shell must find its terminal as it was.
        stdin.setRawMode(false);
        process.kill(process.pid, 'SIGTSTP');
      }
    }
  };
  stdin.on('data', onData);
  process.on('SIGCONT', onContinue);
  listen();
  return {
    restore() {
      process.off('SIGCONT', onContinue);
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
      stdin.unref();
    },
  };
}
