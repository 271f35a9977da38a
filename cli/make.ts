import process from 'node:process';
import { runMake } from '../engine/make/command.ts';
import type { RawCommand } from './command.ts';

/** `unigraph make`: the make command, for wrapper makefiles and scripts. */
export const command: RawCommand = {
  usage: 'make [OPTION...] [NAME=VALUE...] [TARGET...]',
  describe: 'A drop-in for GNU make 4.3',
  async runRaw(argv, { cwd, environment, stdout, stderr }) {
    const status = await runMake({
      argv,
      cwd,
      environment,
      stdout,
      stderr,
      stdin: 0,
      makeProgram: ownProgram(environment),
      signals: process,
    });
    if (status > 128) endAsBySignal(status - 128);
    return status;
  },
};

/** What `$(MAKE)` runs: this very program, unless the caller says otherwise. */
function ownProgram(environment: Readonly<Record<string, string | undefined>>): string {
  const given = environment['UNIGRAPH_MAKE'];
  if (given !== undefined && given !== '') return given;
  return [process.execPath, ...process.execArgv, process.argv[1] ?? 'unigraph', 'make'].join(' ');
}

/** The shell that called make must see that a signal ended it. */
function endAsBySignal(signal: number): void {
  process.kill(process.pid, signal);
}
