import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Diagnostic } from '../../../engine/location.ts';
import { fail, ok, type Result } from '../../../engine/result.ts';
import type { Environment } from '../../workspace/working-folders.ts';
import { boundCommand, watch } from '../bound-process.ts';
import { MachineCache } from '../machine-cache.ts';
import { findQemu } from '../qemu-binary.ts';
import { chooseAccelerator, kvmFailure, rememberKvmFailure } from '../accelerator.ts';
import { choosePlaces, hasNetwork, qemuGuestArguments, type QemuGuestPlaces } from './command.ts';
import { releasePciDevices, writeTapScripts } from './host-devices.ts';
import { connectWhenThere, Monitor } from './monitor.ts';
import type { QemuGuestOptions } from './options.ts';

export interface SessionSurroundings {
  readonly environment: Environment;
  readonly cwd: string;
  readonly output: Writable;
  readonly input: Readable | undefined;
  /** Lines of the report that the script prints. */
  readonly print: (text: string) => void;
  /** Lines about what went otherwise than asked for. */
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}

/** The command line that would be run, as the script's -D prints it: words with blanks between them, not quoted. */
export async function qemuGuestCommand(
  options: QemuGuestOptions,
  environment: Environment,
  cwd: string,
): Promise<Result<string, Diagnostic>> {
  const facts = await qemuFor(options, environment, cwd);
  if (!facts.ok) return facts;
  const places = choosePlaces(socketFolder(environment), process.pid, options);
  return ok(
    [facts.value.binary, ...qemuGuestArguments(options, places, facts.value.hasPc70, true)].join(' '),
  );
}

function qemuFor(
  options: QemuGuestOptions,
  environment: Environment,
  cwd: string,
): ReturnType<typeof findQemu> {
  const architecture = options.machine === 'arm64v' ? 'arm64' : 'x86_64';
  return findQemu(architecture, environment, cwd, new MachineCache(environment), options.qemu);
}

/** The user's own folder for sockets; the script's /run is root's. */
function socketFolder(environment: Environment): string {
  const runtime = environment['XDG_RUNTIME_DIR'];
  if (runtime !== undefined && runtime !== '' && existsSync(runtime)) return runtime;
  return process.getuid?.() === 0 && existsSync('/run') ? '/run' : tmpdir();
}

/**
 * Runs a guest as Unikraft's script does, with what the script needs of other programs (socat, uuidgen, sudo) built in.
 * @returns the exit status
 */
export async function runQemuGuest(
  given: QemuGuestOptions,
  surroundings: SessionSurroundings,
): Promise<Result<number, Diagnostic>> {
  const { environment, cwd, note } = surroundings;
  const privileged = rootNeeded(given);
  if (privileged !== undefined && process.getuid?.() !== 0) {
    return fail({
      message: `the option ${privileged} changes the host's devices and needs root`,
      hint: "Call it with 'sudo -E'.",
    });
  }
  const facts = await qemuFor(given, environment, cwd);
  if (!facts.ok) return facts;
  const cache = new MachineCache(environment);
  const choice = chooseAccelerator(
    given.machine === 'arm64v' ? 'arm64' : 'x86_64',
    given.emulated ? 'tcg' : 'auto',
    cache,
  );
  if (choice.note !== undefined) note(choice.note);
  const places = choosePlaces(socketFolder(environment), process.pid, given);
  const scripts = writeTapScripts(given, places.scripts);
  if (!scripts.ok) return scripts;
  try {
    const driver =
      given.pciDevices.length === 0
        ? ok('vfio-pci' as const)
        : await releasePciDevices(given.pciDevices, note);
    if (!driver.ok) return driver;
    let options: QemuGuestOptions = { ...given, emulated: choice.accelerator === 'tcg' };
    for (;;) {
      const words = qemuGuestArguments(
        options,
        places,
        facts.value.hasPc70,
        options.background,
        driver.value,
      );
      const session = new Session(options, places, [facts.value.binary, ...words], surroundings);
      const end = options.background ? await session.background() : await session.foreground();
      if (end.kvmFailure === undefined || options.emulated || !choice.mayFallBack) return ok(end.status);
      rememberKvmFailure(cache, end.kvmFailure);
      note(
        `KVM does not run this guest here (${end.kvmFailure}): starting again, emulated (TCG), which is slower`,
      );
      options = { ...options, emulated: true };
    }
  } finally {
    // In the background QEMU goes on using them.
    if (!given.background) rmSync(places.scripts, { recursive: true, force: true });
  }
}

function rootNeeded({ attachments, pciDevices }: QemuGuestOptions): string | undefined {
  if (attachments.some(({ kind }) => kind === 'bridge')) return '-b';
  if (attachments.some(({ kind }) => kind === 'interface')) return '-V';
  return pciDevices.length > 0 ? '-f' : undefined;
}

interface SessionEnd {
  readonly status: number;
  readonly kvmFailure: string | undefined;
}

/** One run of QEMU. */
class Session {
  readonly #options: QemuGuestOptions;
  readonly #places: QemuGuestPlaces;
  readonly #command: readonly string[];
  readonly #surroundings: SessionSurroundings;

  constructor(
    options: QemuGuestOptions,
    places: QemuGuestPlaces,
    command: readonly string[],
    surroundings: SessionSurroundings,
  ) {
    this.#options = options;
    this.#places = places;
    this.#command = command;
    this.#surroundings = surroundings;
  }

  /** QEMU leaves us; what is to be done through the monitor is done before. */
  async background(): Promise<SessionEnd> {
    const { signal, note } = this.#surroundings;
    const started = await execa(this.#command[0]!, this.#command.slice(1), {
      ...this.#execution(),
      stdin: 'ignore',
      // A daemon keeps its standard output open: a file, not a pipe that we would wait for.
      stdout: 'ignore',
      stderr: 'pipe',
      all: false,
    });
    if (started.failed) {
      for (const line of started.stderr.split('\n').filter((text) => text !== '')) note(line);
      return { status: started.exitCode ?? 1, kvmFailure: firstKvmFailure(started.stderr) };
    }
    const pid = Number(readFileSync(this.#places.pidFile, 'utf8'));
    this.#report(pid);
    const monitor = await Monitor.open(this.#places.monitor, signal);
    try {
      await this.#prepare(monitor, pid);
    } finally {
      monitor.close();
    }
    return { status: 0, kvmFailure: undefined };
  }

  /** QEMU is our child and ends with us; its console is our standard input and output. */
  async foreground(): Promise<SessionEnd> {
    const { environment, cwd, note, signal } = this.#surroundings;
    const { words, isBound } = boundCommand(this.#command, environment, cwd);
    // A socket of this name may have been left by a killed process of the same id.
    this.#removeSockets();
    const child = execa(words[0]!, words.slice(1), {
      ...this.#execution(),
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'pipe',
      buffer: false,
      // In a group of its own: with -C, Ctrl-C must not end it.
      detached: true,
    });
    const unwatch = isBound || child.pid === undefined ? undefined : watch(child.pid);
    const over = new AbortController();
    let failure: string | undefined;
    const said: string[] = [];
    const lines = createInterface({ input: child.stderr });
    lines.on('line', (line) => {
      if (line.trim() === '') return;
      failure ??= kvmFailure(line);
      said.push(line);
      if (failure !== undefined && !this.#options.emulated) child.kill('SIGKILL');
    });
    const end = (): void => {
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 2000).unref();
    };
    signal.addEventListener('abort', end, { once: true });
    const stop = AbortSignal.any([signal, over.signal]);
    const talk = this.#converse(child, stop).catch((error: unknown) => {
      // QEMU's end explains it better.
      if (!stop.aborted && child.exitCode === null && child.signalCode === null)
        note((error as Error).message);
    });
    const result = await child;
    over.abort();
    await talk;
    unwatch?.();
    signal.removeEventListener('abort', end);
    this.#removeSockets();
    if (failure !== undefined && !this.#options.emulated) return { status: 1, kvmFailure: failure };
    for (const line of said.filter((text) => !/terminating on signal|warning: TCG doesn't/.test(text)))
      note(line);
    return { status: signal.aborted ? 0 : this.#ended ? 0 : (result.exitCode ?? 1), kvmFailure: undefined };
  }

  /** The console ended, so that it was us who ended QEMU. */
  #ended = false;

  /** Prepares the guest through the monitor, starts it, and connects the console. */
  async #converse(
    child: Pick<ChildProcess, 'exitCode' | 'kill'> & { readonly pid?: number | undefined },
    signal: AbortSignal,
  ): Promise<void> {
    const { output, input } = this.#surroundings;
    const monitor = await Monitor.open(this.#places.monitor, signal);
    this.#report(child.pid ?? 0);
    // Before the guest starts, so that nothing that it prints is lost.
    const console_ = await connectWhenThere(this.#places.serial, signal);
    console_.on('error', () => {});
    console_.on('data', (chunk: Buffer) => {
      if (output.write(chunk)) return;
      console_.pause();
      output.once('drain', () => console_.resume());
    });
    input?.pipe(console_, { end: false });
    const closed = new Promise<void>((resolve) => console_.once('close', () => resolve()));
    try {
      await this.#prepare(monitor, child.pid ?? 0);
    } finally {
      monitor.close();
    }
    await closed;
    input?.unpipe(console_);
    input?.pause();
    // With -no-shutdown QEMU stays when the guest has ended; without a console it is of no use.
    await sleep(50);
    this.#ended = child.exitCode === null && !signal.aborted;
    child.kill('SIGTERM');
  }

  async #prepare(monitor: Monitor, pid: number): Promise<void> {
    const { print } = this.#surroundings;
    if (this.#options.pinned !== undefined) await this.#pin(monitor, this.#options.pinned);
    for (const command of this.#options.monitorCommands) {
      print(` mon> ${command}\n`);
      print(await monitor.run(command));
    }
    if (this.#options.paused) {
      print(`VM is ready in paused state (PID ${pid}).\n`);
      return;
    }
    await monitor.run('cont');
  }

  async #pin(monitor: Monitor, processors: readonly number[]): Promise<void> {
    const { note } = this.#surroundings;
    const threads = [...(await monitor.run('info cpus')).matchAll(/thread_id=(\d+)/g)].map(
      (match) => match[1]!,
    );
    for (const [index, thread] of threads.entries()) {
      const processor = String(processors[index % processors.length]);
      const pinned = await execa('taskset', ['-pc', processor, thread], { reject: false, stdin: 'ignore' });
      if (pinned.failed)
        note(
          `the guest's processor ${index} cannot be pinned to ${processor}: ${pinned.stderr.split('\n')[0] ?? ''}`,
        );
    }
  }

  #report(pid: number): void {
    const { options, places } = { options: this.#options, places: this.#places };
    const rows: [string, string | undefined][] = [
      ['Name', places.name],
      ['PID', String(pid)],
      ['Monitor socket', places.monitor],
      ['Serial socket', options.background ? places.serial : undefined],
      ['VNC listen', options.vncPort === undefined ? undefined : String(options.vncPort)],
      [
        'SMP configuration',
        `sockets=${options.sockets},cores=${options.cores},threads=${options.hyperthreads ? 2 : 1}`,
      ],
      ['Memory', `${options.memory} MB`],
      ['vCPU pin set', options.pinned?.join(' ')],
      ['Kernel', options.kernel],
      ['InitRD', options.initrd],
      ['Parameters', options.kernel === undefined ? undefined : (options.append ?? 'console=ttyS0')],
      ['GDB server', options.gdbPort],
      ['Log file', options.traceFile],
    ];
    const line = '*'.repeat(74);
    const shown = rows
      .filter((row) => row[1] !== undefined)
      .map(([name, value]) => `   ${`${name}:`.padEnd(22)} ${value}\n`);
    const warning = hasNetwork(options) ? '' : '   Warning: No networking for guest!\n';
    this.#surroundings.print(`${line}\n QEMU:\n${shown.join('')}${warning}${line}\n`);
  }

  #execution(): { cwd: string; env: Record<string, string | undefined>; extendEnv: false; reject: false } {
    const { environment, cwd } = this.#surroundings;
    return { cwd, env: { ...environment, QEMU_AUDIO_DRV: 'none' }, extendEnv: false, reject: false };
  }

  #removeSockets(): void {
    mkdirSync(socketFolder(this.#surroundings.environment), { recursive: true });
    for (const path of [this.#places.monitor, this.#places.serial]) rmSync(path, { force: true });
  }
}

function firstKvmFailure(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const failure = kvmFailure(line);
    if (failure !== undefined) return failure;
  }
  return undefined;
}
