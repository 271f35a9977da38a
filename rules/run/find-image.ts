import { readdirSync, statSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, type Result } from '../../engine/result.ts';
import { inspectImage, parseImageName, type Image } from './image.ts';

/** What is known about the image that is wanted; everything may be left out. */
export interface WantedImage {
  /** `CONFIG_UK_NAME`, or `N=`. */
  readonly name?: string;
  /** As manifests and file names have it: `kvm`, `qemu`, …; `kvm` and `qemu` mean the same images here. */
  readonly platform?: string;
  readonly architecture?: string;
}

interface Candidate {
  readonly path: string;
  readonly name: string;
  readonly platform: string | undefined;
  readonly architecture: string | undefined;
  readonly time: number;
}

/**
 * Finds the image to boot in a build folder: the newest that fits. Images are files named
 * `NAME_PLATFORM-ARCHITECTURE`, or any with an unstripped `.dbg` beside them (a name of one's own, UK_IMAGE_NAME_OVERWRITE).
 */
export function findImage(build: string, wanted: WantedImage = {}): Result<Image, Diagnostic> {
  let entries: Dirent[];
  try {
    entries = readdirSync(build, { withFileTypes: true });
  } catch {
    return fail({ message: `there is no build folder ${build}`, hint: "Build first: 'unigraph build'." });
  }
  const names = new Set(entries.map(({ name }) => name));
  const candidates: Candidate[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const parsed = parseImageName(entry.name);
    if (parsed === undefined && !names.has(`${entry.name}.dbg`)) continue;
    const path = join(build, entry.name);
    candidates.push({
      path,
      name: parsed?.name ?? entry.name,
      platform: parsed?.platform,
      architecture: parsed?.architecture,
      time: statSync(path).mtimeMs,
    });
  }
  const fitting = candidates
    .filter((candidate) => fits(candidate, wanted))
    .sort((a, b) => Number(isForQemu(b)) - Number(isForQemu(a)) || b.time - a.time);
  const best = fitting[0];
  if (best !== undefined) return inspectImage(best.path);
  const others = candidates.map(({ path }) => path.slice(build.length + 1));
  return fail({
    message: `there is no ${describe(wanted)} in ${build}`,
    hint:
      others.length === 0
        ? "Build first: 'unigraph build'."
        : `There is: ${others.join(', ')}. Name one with --image.`,
  });
}

function fits(candidate: Candidate, { name, platform, architecture }: WantedImage): boolean {
  // A name of one's own says nothing about platform and architecture.
  if (candidate.platform === undefined) return true;
  if (name !== undefined && candidate.name !== name) return false;
  if (architecture !== undefined && candidate.architecture !== architecture) return false;
  if (platform === undefined) return true;
  return candidate.platform === platform || (isQemuPlatform(platform) && isQemuPlatform(candidate.platform));
}

const isQemuPlatform = (platform: string): boolean => platform === 'kvm' || platform === 'qemu';

const isForQemu = ({ platform }: Candidate): boolean => platform === undefined || isQemuPlatform(platform);

function describe({ name, platform, architecture }: WantedImage): string {
  const kind = [platform, architecture].filter((part) => part !== undefined).join('/');
  return `image${name === undefined ? '' : ` of '${name}'`}${kind === '' ? '' : ` for ${kind}`}`;
}
