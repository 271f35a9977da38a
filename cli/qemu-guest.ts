import process from 'node:process';
import { catchInterrupts } from '../engine/exec/interrupt.ts';
import { formatDiagnostic, type Diagnostic } from '../engine/location.ts';
import { parseQemuGuest, type QemuGuestOptions } from '../rules/run/qemu-guest/options.ts';
import { qemuGuestCommand, runQemuGuest } from '../rules/run/qemu-guest/session.ts';
import { qemuGuestUsage } from '../rules/run/qemu-guest/usage.ts';
import type { RawCommand, Surroundings } from './command.ts';
import { consoleInput } from './console-input.ts';

export const command: RawCommand = {
  usage: 'qemu-guest [option...] [-- QEMU words]',
  describe: "Run a guest with the options of Unikraft's support/scripts/qemu-guest.",
  async runRaw(argv, surroundings) {
    const options = parseQemuGuest(argv);
    if (!options.ok) return refuse(surroundings, options.error);
    if (options.value.help) {
      surroundings.stdout.write(qemuGuestUsage);
      return 0;
    }
    if (options.value.dryRun) {
      const text = await qemuGuestCommand(options.value, surroundings.environment, surroundings.cwd);
      if (!text.ok) return refuse(surroundings, text.error);
      surroundings.stdout.write(`${text.value}\n`);
      return 0;
    }
    return run(options.value, surroundings);
  },
};

function refuse(surroundings: Surroundings, error: Diagnostic): number {
  surroundings.stderr.write(`unigraph: ${formatDiagnostic(error)}\n`);
  return 1;
}

async function run(options: QemuGuestOptions, surroundings: Surroundings): Promise<number> {
  const interrupts = catchInterrupts();
  const onCtrlC = options.keepOnCtrlC ? undefined : (): void => void process.kill(process.pid, 'SIGINT');
  const input = options.background ? undefined : consoleInput(process.stdin, onCtrlC);
  try {
    const status = await runQemuGuest(options, {
      environment: surroundings.environment,
      cwd: surroundings.cwd,
      output: surroundings.stdout as NodeJS.WriteStream,
      input: input?.stream,
      print: (text) => surroundings.stdout.write(text),
      note: (text) => surroundings.stderr.write(`unigraph: ${text}\n`),
      signal: interrupts.signal,
    });
    return status.ok ? status.value : refuse(surroundings, status.error);
  } finally {
    input?.restore();
    interrupts.restore();
  }
}
