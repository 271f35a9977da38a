import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const examples = resolve(import.meta.dirname, '../../examples');

/** What a program printed, both streams in one, and how it ended. */
export interface Outcome {
  /** Exit status; 128 plus the number for a signal, as a shell has it. */
  readonly status: number;
  readonly output: string;
}

/** Programs that a build by make and a boot need, in the order in which they are asked for. */
const needed = ['make', 'gcc', 'g++', 'objcopy', 'patch', 'qemu-system-x86_64'];

/** The first needed program that this machine has not, or undefined. */
export const missing = needed.find(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0,
);

/** Runs a program to its end. After `limit` milliseconds it is killed. */
function run(program: string, args: readonly string[], limit: number, env = process.env): Promise<Outcome> {
  return new Promise((done, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    const pieces: Buffer[] = [];
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.stderr.on('data', (piece: Buffer) => pieces.push(piece));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const output = Buffer.concat(pieces).toString().replaceAll('\r\n', '\n');
      done({ status: code ?? 128 + (signal === 'SIGKILL' ? 9 : 15), output });
    });
  });
}

/** A private copy of the examples, so that builds and edits touch nothing else. */
export class ExampleRig {
  /** The copy's folder, without symbolic links. */
  readonly root: string;

  constructor() {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), 'examples-')));
    cpSync(examples, this.root, {
      recursive: true,
      filter: (source) => basename(source) !== 'build' || source.endsWith('support/build'),
    });
  }

  path(...parts: readonly string[]): string {
    return join(this.root, ...parts);
  }

  /** An application's folder in the build; every build has one of its own beside the sources. */
  build(name: string): string {
    return this.path('build', name);
  }

  /**
   * Runs make on the core.
   * @param app a folder in apps/; empty for the core alone
   * @param name of the build folder and of its configuration, build/NAME.config
   */
  make(app: string, name: string, ...args: readonly string[]): Promise<Outcome> {
    const parameters = [
      ...(app === '' ? [] : [`A=${this.path('apps', app)}`]),
      ...(app === 'fortune' ? [`L=${this.path('libs/libfortune')}`] : []),
      `O=${this.build(name)}`,
      `C=${this.build(`${name}.config`)}`,
    ];
    // What this process was given by another make must not reach the one that is tested.
    const { MAKEFLAGS: _flags, MAKELEVEL: _level, LIBFORTUNE_URL: _url, ...env } = process.env;
    return run('make', ['-C', this.path('core'), ...parameters, ...args], 120_000, env);
  }

  /** Boots an image; the kernel arguments are one text, as QEMU takes them. */
  boot(image: string, append = '', ...options: readonly string[]): Promise<Outcome> {
    const machine = ['-accel', 'tcg', '-cpu', 'max', '-m', '64', '-nodefaults', '-no-reboot'];
    const console = ['-display', 'none', '-serial', 'stdio'];
    return run(
      'qemu-system-x86_64',
      [...machine, ...console, '-kernel', image, '-append', append, ...options],
      30_000,
    );
  }

  /** The same with the device through which the guest gives QEMU a status. */
  bootForStatus(image: string, append = '', ...options: readonly string[]): Promise<Outcome> {
    return this.boot(image, append, '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04', ...options);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** What the isa-debug-exit device makes of a guest's status. */
export const debugExit = (status: number): number => (status << 1) | 1;
