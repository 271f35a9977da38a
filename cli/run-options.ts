import { resolve } from 'node:path';
import type { Argv } from 'yargs';
import type { Diagnostic } from '../engine/location.ts';
import { fail, ok, type Result } from '../engine/result.ts';
import { findImage, type WantedImage } from '../rules/run/find-image.ts';
import {
  parseMemory,
  parsePortForward,
  parseVolume,
  type GuestOptions,
  type GuestVolume,
  type PortForward,
} from '../rules/run/guest-options.ts';
import { USER_NETWORK } from '../rules/run/kernel-arguments.ts';
import { inspectImage, type Image } from '../rules/run/image.ts';
import type { PlanRequest } from '../rules/run/plan-guest.ts';
import type { Manifest } from '../rules/manifest/manifest.ts';
import type { Surroundings } from './command.ts';
import { splitWords, workspaceFrom, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

type Repeated = string | readonly string[] | undefined;

/** The options that `run` and `debug` share. */
export interface RunArguments extends WorkspaceArguments {
  readonly word?: readonly string[];
  readonly '--'?: readonly unknown[];
  readonly image?: string;
  readonly memory?: string;
  readonly cpus?: number;
  readonly accel?: 'auto' | 'kvm' | 'tcg';
  readonly W?: boolean;
  readonly machine?: string;
  readonly cpu?: string;
  readonly port?: Repeated;
  readonly volume?: Repeated;
  readonly env?: Repeated;
  readonly rootfs?: string;
  readonly initrd?: string;
  readonly net?: boolean;
  readonly ip?: string;
  readonly 'kernel-arg'?: Repeated;
  readonly gdb?: string;
  readonly paused?: boolean;
  readonly timeout?: number;
  readonly qemu?: string;
  readonly 'qemu-arg'?: Repeated;
}

/** gdb's and QEMU's own default. */
export const DEFAULT_GDB_PORT = 1234;
const DEFAULT_MEMORY_MIB = 64;

const GROUP = 'Guest:';

export function runOptions(yargs: Argv): Argv {
  const text = { type: 'string', requiresArg: true, group: GROUP } as const;
  const flag = { type: 'boolean', group: GROUP } as const;
  return workspaceOptions(yargs)
    .positional('word', { type: 'string', array: true, describe: 'Make-style words: A=, O=, N=, …' })
    .option('image', { ...text, describe: 'The image to boot [the newest in the build folder]' })
    .option('memory', { ...text, alias: 'm', describe: `Memory: 64, 64M, 1G [${DEFAULT_MEMORY_MIB}M]` })
    .option('cpus', {
      type: 'number',
      requiresArg: true,
      group: GROUP,
      alias: 'c',
      describe: 'Processors [1]',
    })
    .option('accel', {
      ...text,
      choices: ['auto', 'kvm', 'tcg'] as const,
      describe: 'KVM, or emulation (tcg)',
    })
    .option('W', { ...flag, describe: 'The same as --accel tcg' })
    .option('machine', { ...text, describe: "QEMU's machine type" })
    .option('cpu', { ...text, describe: "QEMU's processor model" })
    .option('port', {
      ...text,
      alias: 'p',
      describe: 'Forward a port: [ADDRESS:]HOST:GUEST[/udp]; repeatable',
    })
    .option('volume', { ...text, alias: 'v', describe: 'Share a folder (9pfs): HOST:GUEST[:ro]; repeatable' })
    .option('env', { ...text, alias: 'e', describe: 'A variable for the guest: NAME=VALUE; repeatable' })
    .option('rootfs', {
      ...text,
      describe: 'A folder or archive (packed as cpio), or a cpio archive, as root file system',
    })
    .option('initrd', { ...text, alias: 'i', describe: 'An initial RAM disk' })
    .option('net', { ...flag, alias: 'n', describe: "A network card in QEMU's user network" })
    .option('ip', { ...text, describe: "The guest's address: ADDRESS/BITS[:GATEWAY[:DNS]], or 'auto'" })
    .option('kernel-arg', {
      ...text,
      alias: 'a',
      describe: "A parameter of the core's, before '--'; repeatable",
    })
    .option('gdb', {
      type: 'string',
      group: GROUP,
      alias: 'g',
      describe: `A gdb server, at this port [${DEFAULT_GDB_PORT}]`,
    })
    .option('paused', { ...flag, alias: 'P', describe: 'Wait for gdb before the first instruction' })
    .option('timeout', {
      type: 'number',
      requiresArg: true,
      group: GROUP,
      describe: 'End the guest after so many seconds',
    })
    .option('qemu', { ...text, describe: "QEMU's program" })
    .option('qemu-arg', { ...text, describe: 'A further word for QEMU; repeatable' });
}

const list = (option: Repeated): readonly string[] => (option === undefined ? [] : [option].flat());

/** What the command line and the project file ask for. */
export async function planRequest(
  args: RunArguments,
  surroundings: Surroundings,
  dryRun: boolean,
): Promise<Result<PlanRequest, Diagnostic>> {
  const { cwd } = surroundings;
  const found = await chooseImage(args, surroundings);
  if (!found.ok) return found;
  const { image, project } = found.value;
  const given = guestOptions(args, cwd);
  if (!given.ok) return given;
  const options = withProject(given.value, args, project);
  const rootfs = args.rootfs === undefined ? projectRootfs(args, project) : resolve(cwd, args.rootfs);
  if (rootfs !== undefined && options.initrd !== undefined) {
    return fail({ message: '--rootfs and --initrd are both the initial RAM disk: give one of them' });
  }
  if (args.timeout !== undefined && !(args.timeout > 0))
    return fail({ message: '--timeout takes a number of seconds above 0' });
  return ok({
    image,
    options,
    ...(rootfs === undefined ? {} : { rootfs }),
    accelerator: args.W === true ? 'tcg' : (args.accel ?? 'auto'),
    ...(args.qemu === undefined ? {} : { qemu: args.qemu }),
    ...(args.timeout === undefined ? {} : { timeout: args.timeout }),
    dryRun,
  });
}

interface Found {
  readonly image: Image;
  readonly project: Manifest | undefined;
}

async function chooseImage(
  args: RunArguments,
  surroundings: Surroundings,
): Promise<Result<Found, Diagnostic>> {
  if (args.image !== undefined) {
    const image = inspectImage(resolve(surroundings.cwd, args.image));
    return image.ok ? ok({ image: image.value, project: undefined }) : image;
  }
  const workspace = await workspaceFrom(args, surroundings, args.word ?? [], true);
  if (!workspace.ok) {
    // An image can be run without its sources: the build folder alone does.
    const named = outputFolder(args);
    const directory = typeof args.directory === 'string' ? args.directory : '.';
    const image = findImage(resolve(surroundings.cwd, directory, named ?? 'build'), wantedByTarget(args));
    if (image.ok) return ok({ image: image.value, project: undefined });
    return named === undefined ? workspace : image;
  }
  const { build, name, target, project } = workspace.value.workspace;
  const wanted: WantedImage = {
    ...(name === undefined ? {} : { name }),
    ...(target === undefined ? {} : { platform: target.platform, architecture: target.architecture }),
  };
  const image = findImage(build, wanted);
  return image.ok ? ok({ image: image.value, project }) : image;
}

function outputFolder(args: RunArguments): string | undefined {
  if (typeof args.output === 'string') return args.output;
  return splitWords(args.word ?? []).variables.findLast(({ name }) => name === 'O')?.value;
}

/** `--target PLATFORM/ARCHITECTURE` and `--name` without a project that they could be looked up in. */
function wantedByTarget(args: RunArguments): WantedImage {
  const [platform, architecture] = typeof args.target === 'string' ? args.target.split('/') : [];
  return {
    ...(typeof args.name === 'string' ? { name: args.name } : {}),
    ...(platform === undefined || architecture === undefined ? {} : { platform, architecture }),
  };
}

function guestOptions(args: RunArguments, cwd: string): Result<GuestOptions, Diagnostic> {
  const forwards: PortForward[] = [];
  for (const text of list(args.port)) {
    const forward = parsePortForward(text);
    if (!forward.ok) return forward;
    forwards.push(forward.value);
  }
  const volumes: GuestVolume[] = [];
  for (const text of list(args.volume)) {
    const volume = parseVolume(text);
    if (!volume.ok) return volume;
    volumes.push({ ...volume.value, source: resolve(cwd, volume.value.source) });
  }
  const memory = args.memory === undefined ? ok(DEFAULT_MEMORY_MIB) : parseMemory(args.memory);
  if (!memory.ok) return memory;
  const cpus = args.cpus ?? 1;
  if (!Number.isInteger(cpus) || cpus < 1) return fail({ message: '--cpus takes a whole number from 1' });
  const bad = list(args.env).find((text) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(text));
  if (bad !== undefined) return fail({ message: `'${bad}' is not a variable`, hint: 'Write NAME=VALUE.' });
  const gdbPort = gdbPortOf(args);
  if (!gdbPort.ok) return gdbPort;
  return ok({
    memoryMiB: memory.value,
    cpus,
    ...(args.machine === undefined ? {} : { machine: args.machine }),
    ...(args.cpu === undefined ? {} : { cpu: args.cpu }),
    network: args.net === true || args.ip !== undefined,
    forwards,
    volumes,
    ...(args.initrd === undefined ? {} : { initrd: resolve(cwd, args.initrd) }),
    ...(gdbPort.value === undefined ? {} : { gdbPort: gdbPort.value }),
    paused: args.paused === true,
    kernelParameters: list(args['kernel-arg']),
    arguments: (args['--'] ?? []).map(String),
    environment: list(args.env),
    ...(args.ip === undefined ? {} : { ip: args.ip === 'auto' ? USER_NETWORK : args.ip }),
    extra: list(args['qemu-arg']),
  });
}

/** A paused guest can only be set going by gdb, so that it has a server anyway. */
function gdbPortOf(args: RunArguments): Result<number | undefined, Diagnostic> {
  if (args.gdb === undefined) return ok(args.paused === true ? DEFAULT_GDB_PORT : undefined);
  if (args.gdb === '') return ok(DEFAULT_GDB_PORT);
  const port = /^\d{1,5}$/.test(args.gdb) ? Number(args.gdb) : 0;
  if (port < 1 || port > 65_535) return fail({ message: `--gdb takes a port, not '${args.gdb}'` });
  return ok(port);
}

/** What the project file says where the command line is silent: arguments, variables, volumes. */
function withProject(options: GuestOptions, args: RunArguments, project: Manifest | undefined): GuestOptions {
  if (project === undefined) return options;
  const volumes = project.volumes
    .filter(({ driver }) => driver === undefined || driver === '9pfs')
    .map(({ source, destination, readOnly }) => ({
      source: resolve(project.folder, source),
      destination,
      readOnly,
    }));
  return {
    ...options,
    arguments: args['--'] === undefined ? project.command : options.arguments,
    volumes: options.volumes.length > 0 ? options.volumes : volumes,
    environment: [
      ...project.environment.map(({ name, value }) => `${name}=${value}`),
      ...options.environment,
    ],
    network: options.network || project.networks.length > 0,
  };
}

function projectRootfs(args: RunArguments, project: Manifest | undefined): string | undefined {
  if (args.initrd !== undefined || project === undefined) return undefined;
  if (project.rootfs !== undefined) return resolve(project.folder, project.rootfs);
  const initrd = project.volumes.find(({ driver }) => driver === 'initrd');
  return initrd === undefined ? undefined : resolve(project.folder, initrd.source);
}
