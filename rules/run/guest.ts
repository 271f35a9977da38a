import type { Duplex, Readable, Writable } from 'node:stream';
import { rmSync } from 'node:fs';
import { execa } from 'execa';
import { Interruption } from '../../engine/exec/interruption.ts';
import type { Environment } from '../workspace/working-folders.ts';
import { kvmFailure } from './accelerator.ts';
import { boundCommand, watch } from './bound-process.ts';
import { ControlChannel } from './control-channel.ts';
import { ConsoleWatch } from './console-watch.ts';
import type { GuestEnd, GuestPlan } from './guest-plan.ts';
import { shellText } from './qemu-command.ts';

export interface GuestSurroundings {
  readonly environment: Environment;
  /** The console's output. */
  readonly output: Writable;
  /** The console's input; undefined for none. It is left paused. */
  readonly input: Readable | undefined;
  /** Lines for the user: QEMU's own messages, fallbacks, the crash in terms of the source. */
  readonly note: (text: string) => void;
  /** KVM could not run the guest. */
  readonly onKvmFailure: (reason: string) => void;
  readonly onStart?: (pid: number) => void;
  /** Ends the guest. */
  readonly signal: AbortSignal;
}

/** How long QEMU may take to end when it is asked to. */
const GRACE_MS = 2000;

/** Runs a guest to its end. Nothing of it is left then, and neither if this process is killed. */
export async function runGuest(plan: GuestPlan, surroundings: GuestSurroundings): Promise<GuestEnd> {
  try {
    const first = await runOnce(plan, plan.arguments, plan.fallback !== undefined, surroundings);
    if (first.kind !== 'kvm-failed') return first;
    surroundings.onKvmFailure(first.reason);
    surroundings.note(
      `KVM does not run this guest here (${first.reason}): starting again, emulated (TCG), which is slower`,
    );
    const second = await runOnce(plan, plan.fallback ?? [], false, surroundings);
    if (second.kind === 'kvm-failed') throw new Error('without KVM, it cannot fail');
    return second;
  } finally {
    for (const path of plan.temporary) rmSync(path, { recursive: true, force: true });
  }
}

type AttemptEnd = GuestEnd | { readonly kind: 'kvm-failed'; readonly reason: string };

async function runOnce(
  plan: GuestPlan,
  words: readonly string[],
  mayFallBack: boolean,
  surroundings: GuestSurroundings,
): Promise<AttemptEnd> {
  const { environment, output, input, note, signal } = surroundings;
  if (signal.aborted) return interrupted(signal);
  const { words: command, isBound } = boundCommand([plan.qemu, ...words], environment, plan.cwd);
  const child = execa(command[0]!, command.slice(1), {
    cwd: plan.cwd,
    env: { ...environment, QEMU_AUDIO_DRV: 'none' },
    extendEnv: false,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    buffer: false,
    reject: false,
    stripFinalNewline: false,
    encoding: 'buffer',
    // In a group of its own: Ctrl-C at the terminal is ours, or gdb's. What ends it with us is `boundCommand`.
    detached: true,
  });
  const unwatch = isBound || child.pid === undefined ? undefined : watch(child.pid);
  const control = new ControlChannel(child.stdio[3] as unknown as Duplex);
  const messages = new QemuMessages(mayFallBack, note);
  const watched = new ConsoleWatch(plan.image, note);
  let verdict: AttemptEnd | undefined;

  const stop = (reason: AttemptEnd): void => {
    if (verdict !== undefined) return;
    verdict = reason;
    // Nobody may be reading any more; what is still to come must not hold up the end.
    child.stdout.resume();
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
  };
  const onAbort = (): void => stop(interrupted(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  const timer =
    plan.timeout === undefined
      ? undefined
      : setTimeout(() => stop({ kind: 'timeout', seconds: plan.timeout! }), plan.timeout * 1000);
  if (child.pid !== undefined) surroundings.onStart?.(child.pid);

  const onOutputError = (): void => stop({ kind: 'output-closed' });
  output.on('error', onOutputError);
  child.stdout.on('data', (chunk: Buffer) => {
    watched.feed(chunk);
    if (verdict !== undefined && (output.writableNeedDrain || output.destroyed)) return;
    // A reader that is slow slows the guest down, and no memory fills up.
    if (!output.write(chunk) && verdict === undefined) {
      child.stdout.pause();
      output.once('drain', () => child.stdout.resume());
    }
  });
  child.stderr.on('data', (chunk: Buffer) => {
    messages.feed(chunk);
    // QEMU stays, with the guest stopped, after an internal error of KVM.
    if (mayFallBack && messages.kvmFailure !== undefined) {
      stop({ kind: 'kvm-failed', reason: messages.kvmFailure });
    }
  });
  child.stdin.on('error', () => {});
  // Standard input stays open when ours ends: QEMU 7.2 drops output while it is slow to be read once its input has ended
  // (measured: 1 to 9 % of a flood).
  input?.pipe(child.stdin, { end: false });
  child.once('exit', () => {
    child.stdin.destroy();
    closeLeftOpen(child.stdout, child.stderr);
  });

  const result = await child;

  clearTimeout(timer);
  unwatch?.();
  signal.removeEventListener('abort', onAbort);
  output.off('error', onOutputError);
  if (input !== undefined) {
    input.unpipe(child.stdin);
    input.pause();
  }
  messages.end();
  if (mayFallBack && verdict === undefined && messages.kvmFailure !== undefined && result.failed) {
    return { kind: 'kvm-failed', reason: messages.kvmFailure };
  }
  if (verdict?.kind === 'kvm-failed') return verdict;
  messages.release();
  const told = await watched.end();
  if (verdict !== undefined) return verdict;
  return naturalEnd(result, control, messages, told, command);
}

/** A wrapper around QEMU may leave somebody behind who holds the other ends: then they do not end by themselves. */
function closeLeftOpen(stdout: Readable, stderr: Readable): void {
  setTimeout(() => {
    // Paused for a slow reader, there may be more to come.
    if (stdout.isPaused()) closeLeftOpen(stdout, stderr);
    else {
      stdout.destroy();
      stderr.destroy();
    }
  }, GRACE_MS).unref();
}

function interrupted(signal: AbortSignal): GuestEnd {
  const { reason } = signal as { readonly reason: unknown };
  return { kind: 'interrupted', exitStatus: reason instanceof Interruption ? reason.exitStatus : 130 };
}

/** What the way in which QEMU ended says about the guest. */
function naturalEnd(
  result: Readonly<Partial<Record<'signal' | 'code' | 'shortMessage', string | undefined>>> & {
    readonly exitCode?: number | undefined;
  },
  control: ControlChannel,
  messages: QemuMessages,
  told: { readonly failed: boolean; readonly mainStatus: number | undefined },
  command: readonly string[],
): GuestEnd {
  const { exitCode } = result;
  const failed = (message: string): GuestEnd => ({
    kind: 'qemu-failed',
    message: `${message}; the command was: ${shellText(command)}`,
  });
  const ended = (status: number): GuestEnd => ({ kind: told.failed ? 'crashed' : 'ended', status });
  if (exitCode === undefined) {
    if (result.code !== undefined)
      return failed(result.shortMessage ?? `QEMU cannot be started (${result.code})`);
    return failed(`QEMU was ended by ${result.signal ?? 'a signal'}`);
  }
  switch (control.reason) {
    case 'guest-shutdown':
      // Powering off gives no status, but the core may have told it.
      return ended(told.mainStatus ?? 0);
    case 'guest-reset':
      return told.failed ? ended(0) : { kind: 'reset' };
    case 'guest-panic':
      return { kind: 'crashed', status: 0 };
    default:
  }
  if (exitCode === 0) return ended(0);
  // isa-debug-exit gives odd codes; QEMU's own failures are 1, with a message.
  if (exitCode % 2 === 1 && !(exitCode === 1 && messages.hasError)) return ended(exitCode >> 1);
  const hint = messages.portInUse ? ' (is the port of the host in use?)' : '';
  return failed(`QEMU failed with status ${exitCode}${hint}`);
}

/** QEMU's standard error: passed on line by line, or held back as long as KVM is on trial. */
class QemuMessages {
  readonly #note: (text: string) => void;
  #held: string[] | undefined;
  #rest = '';
  kvmFailure: string | undefined;
  hasError = false;
  portInUse = false;

  constructor(hold: boolean, note: (text: string) => void) {
    this.#held = hold ? [] : undefined;
    this.#note = note;
  }

  feed(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('utf8')).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#line(line.trimEnd());
  }

  end(): void {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
  }

  /** Tells what was held back. */
  release(): void {
    for (const line of this.#held ?? []) this.#note(line);
    this.#held = undefined;
  }

  #line(line: string): void {
    if (line === '') return;
    this.kvmFailure ??= kvmFailure(line);
    // QEMU tells one line for each feature that -cpu max has and TCG has not.
    if (/warning: TCG doesn't support requested feature|: terminating on signal/.test(line)) return;
    if (/^\S*qemu\S*: (?!warning:|info:)/.test(line)) this.hasError = true;
    if (/Could not set up host forwarding rule/.test(line)) this.portInUse = true;
    if (this.#held === undefined) this.#note(line);
    else this.#held.push(line);
  }
}
