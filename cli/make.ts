import path from 'node:path';
import process from 'node:process';
import { which } from '../engine/exec/which.ts';
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
      makeProgram: ownProgram(environment, cwd),
      signals: process,
      nativeShell: true,
    });
    if (status > 128) endAsBySignal(status - 128);
    // At its own end, node takes a heap of some hundred megabytes apart piece by piece.
    else if (stdout === process.stdout && isAllWritten()) process.exit(status);
    return status;
  },
};

/**
 * What `$(MAKE)` runs: this very program, unless the caller says otherwise. Called by make's own name, by a link in a
 * folder of PATH, it is that name, as GNU make has it: recipes that are printed then read the same.
 */
function ownProgram(environment: Readonly<Record<string, string | undefined>>, cwd: string): string {
  const given = environment['UNIGRAPH_MAKE'];
  if (given !== undefined && given !== '') return given;
  const called = process.argv[1] ?? '';
  const name = path.basename(called);
  if (/^g?make$/.test(name)) return which(name, environment['PATH'] ?? '', cwd) === called ? name : called;
  return [process.execPath, ...process.execArgv, process.argv[1] ?? 'unigraph', 'make'].join(' ');
}

/** The shell that called make must see that a signal ended it. */
function endAsBySignal(signal: number): void {
  process.kill(process.pid, signal);
}

function isAllWritten(): boolean {
  return process.stdout.writableLength === 0 && process.stderr.writableLength === 0;
}
