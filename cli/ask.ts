import process from 'node:process';
import type { Surroundings } from './command.ts';

/** Asks a person for what is missing. */
export interface Asker {
  /** @returns the answer, or `preset` for an empty one; undefined when the input ends */
  ask(question: string, preset?: string): Promise<string | undefined>;
  close(): void;
}

/**
 * Somebody to ask: the terminal, if standard input and error are one. Questions go to the error stream, so that output
 * stays what was asked for.
 */
export async function terminalAsker(surroundings: Surroundings): Promise<Asker | undefined> {
  const output = surroundings.stderr as NodeJS.WriteStream;
  if (!process.stdin.isTTY || output.isTTY !== true) return undefined;
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output });
  let ended = false;
  const end = new Promise<undefined>((resolve) => {
    terminal.once('close', () => {
      ended = true;
      resolve(undefined);
    });
  });
  // Ctrl-C ends the program as everywhere else; readline would only swallow it.
  terminal.on('SIGINT', () => {
    terminal.close();
    process.kill(process.pid, 'SIGINT');
  });
  return {
    async ask(question, preset) {
      if (ended) return undefined;
      const shown = preset === undefined ? `${question}: ` : `${question} [${preset}]: `;
      const answer = await Promise.race([terminal.question(shown), end]);
      const text = answer?.trim();
      return text === '' ? preset : text;
    },
    close: () => terminal.close(),
  };
}
