import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { Environment } from '../workspace/working-folders.ts';
import { chooseAccelerator } from './accelerator.ts';
import type { GuestOptions } from './guest-options.ts';
import type { GuestPlan } from './guest-plan.ts';
import type { Image } from './image.ts';
import { appendText, derivedParameters, knownParameters } from './kernel-arguments.ts';
import type { MachineCache } from './machine-cache.ts';
import { findQemu } from './qemu-binary.ts';
import { rootfsInitrd } from './rootfs.ts';
import { qemuArguments, type Accelerator } from './qemu-command.ts';

export interface PlanRequest {
  readonly image: Image;
  readonly options: GuestOptions;
  /** A folder to be packed, or a cpio archive; becomes the initrd. */
  readonly rootfs?: string;
  readonly accelerator: 'auto' | Accelerator;
  /** QEMU's program, when it was named. */
  readonly qemu?: string;
  readonly timeout?: number;
  /** Nothing is written: a folder to be packed is only named. */
  readonly dryRun: boolean;
}

/** A plan and what the user should know about it. */
export interface Planned {
  readonly plan: GuestPlan;
  readonly notes: readonly string[];
}

/** Makes a plan of what was asked for; packs the root file system, if there is one. All paths must be absolute. */
export async function planGuest(
  request: PlanRequest,
  environment: Environment,
  cwd: string,
  cache: MachineCache,
): Promise<Result<Planned, Diagnostic>> {
  const facts = await findQemu(request.image.architecture, environment, cwd, cache, request.qemu);
  if (!facts.ok) return facts;
  const missing = request.options.volumes.find(({ source }) => !isFolder(source));
  if (missing !== undefined) return fail({ message: `the volume ${missing.source} is not a folder` });
  if (request.options.initrd !== undefined && !existsSync(request.options.initrd)) {
    return fail({ message: `there is no initrd ${request.options.initrd}` });
  }
  const notes: string[] = [];
  const temporary: string[] = [];
  let options = request.options;
  if (request.rootfs !== undefined) {
    const packed = await rootfsInitrd(request.rootfs, request.dryRun);
    if (!packed.ok) return packed;
    notes.push(...packed.value.notes);
    temporary.push(...packed.value.temporary);
    options = { ...options, initrd: packed.value.initrd };
  }
  const little = memoryNote(options);
  if (little !== undefined) notes.push(little);
  const { image, workingFolder } = bootable(request.image, cwd);
  options = withoutBlanks(options, temporary, request.dryRun);
  const derived = derivedParameters(options, knownParameters(request.image.path));
  notes.push(...derived.notes);
  const append = appendText(image, [...options.kernelParameters, ...derived.parameters], options.arguments);
  const choice = chooseAccelerator(image.architecture, request.accelerator, cache);
  if (choice.note !== undefined) notes.push(choice.note);
  const words = (accelerator: Accelerator): string[] =>
    qemuArguments(image, options, facts.value, accelerator, append, !request.dryRun);
  return ok({
    plan: {
      image: request.image,
      cwd: workingFolder,
      qemu: facts.value.binary,
      accelerator: choice.accelerator,
      arguments: words(choice.accelerator),
      fallback: choice.mayFallBack ? words('tcg') : undefined,
      timeout: request.timeout,
      temporary,
    },
    notes,
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A guest holds the archive and what is unpacked from it, and needs room to work. */
function memoryNote({ initrd, memoryMiB }: GuestOptions): string | undefined {
  const stat = initrd === undefined ? undefined : statSync(initrd, { throwIfNoEntry: false });
  const size = Math.ceil((stat?.size ?? 0) / 2 ** 20);
  if (size * 2 + 16 <= memoryMiB) return undefined;
  const needed = 2 ** Math.ceil(Math.log2(size * 2 + 32));
  return `the initial RAM disk has ${size} MiB, the guest ${memoryMiB}: that is little; give it more, e.g. --memory ${needed}M`;
}

/**
 * Multiboot puts the image's path in front of the kernel arguments, where a blank would split it in two: the image is then
 * named relative to its folder.
 */
function bootable(image: Image, cwd: string): { readonly image: Image; readonly workingFolder: string } {
  if (image.protocol !== 'multiboot' || !/[\s"'\\]/.test(image.path)) return { image, workingFolder: cwd };
  return { image: { ...image, path: basename(image.path) }, workingFolder: dirname(image.path) };
}

/** QEMU's multiboot loader ends an initrd's name at a blank: it gets a link without one. */
function withoutBlanks(options: GuestOptions, temporary: string[], dryRun: boolean): GuestOptions {
  if (options.initrd === undefined || !/\s/.test(options.initrd) || dryRun) return options;
  const parent = [tmpdir(), '/tmp', '/var/tmp'].find((path) => !/\s/.test(path) && isFolder(path)) ?? '/tmp';
  const folder = mkdtempSync(join(parent, 'unigraph-initrd-'));
  const link = join(folder, 'initrd');
  symlinkSync(options.initrd, link);
  temporary.push(link, folder);
  return { ...options, initrd: link };
}

/** Removes what a plan made that is not run. */
export function discardPlan(plan: GuestPlan): void {
  for (const path of plan.temporary) rmSync(path, { recursive: true, force: true });
}
