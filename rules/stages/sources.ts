import fs from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { NativeContext, NativeOutcome, Performer, WrittenFile } from '../../engine/graph/perform.ts';
import { describeEdits } from './origin-record.ts';
import { OriginTree, type ApplyPatch, type OriginOutcome, type PatchSeries } from './origin-tree.ts';
import type { Result } from '../../engine/result.ts';
import { TreeDigests } from './tree-digests.ts';

/** Argument of an `unpack` step. */
export interface UnpackArgument {
  readonly archive: string;
  readonly folder: string;
  readonly stamp: string;
  /** The patches that a later action applies, added by lowering. */
  readonly series?: PatchSeries;
}

/** Argument of a `patch` step. */
export interface PatchArgument extends PatchSeries {
  readonly stamp: string;
  /** What the folder was unpacked from, added by lowering; undefined for a git clone and the like. */
  readonly origin?: { readonly archive: string; readonly folder: string };
}

/** Argument of a `checksum` step. */
export interface ChecksumArgument {
  readonly algorithm: 'MD5' | 'SHA1' | 'SHA256' | 'SHA512';
  readonly file: string;
  readonly expected: string;
}

/** Compares a file with its recorded checksum. */
export const checksum: Performer = (argument) => {
  const { algorithm, file, expected } = JSON.parse(argument) as ChecksumArgument;
  let got: string;
  try {
    got = createHash(algorithm.toLowerCase()).update(fs.readFileSync(file)).digest('hex');
  } catch (error) {
    return Promise.resolve({
      kind: 'failed',
      message: `${file}: cannot be read (${(error as Error).message})`,
    });
  }
  if (got === expected) return Promise.resolve({ kind: 'succeeded' });
  const message =
    `${file}: the ${algorithm} checksum does not match\n` +
    `  expected ${expected}\n  got      ${got}\n` +
    `  If the file is damaged, remove it and build again; if the library moved to another version, correct its checksum`;
  return Promise.resolve({ kind: 'failed', message });
};

/** Programs for the steps of an origin; `stateFolder` is where their states are kept. */
export function originPerformers(stateFolder: string): ReadonlyMap<string, Performer> {
  const digests = new TreeDigests();
  const unpackStep: Performer = async (argument, context) => {
    const { archive, folder, stamp, series } = JSON.parse(argument) as UnpackArgument;
    const tree = new OriginTree(folder, stateFolder, digests);
    // A tree that was patched before is brought from patched to patched, so that nobody sees the state between.
    const wasPatched = series !== undefined && fs.existsSync(stampOfPatches(stamp));
    const updated = await tree.update(
      archive,
      wasPatched ? series : undefined,
      applyWith(context),
      context.signal,
    );
    return conclude(updated, tree, stamp, archive, digests.takeNews(tree.folder));
  };
  const patchStep: Performer = async (argument, context) => {
    const { folder, patches, stamp, origin } = JSON.parse(argument) as PatchArgument;
    const apply = applyWith(context);
    if (origin === undefined) return applyInPlace(folder, patches, stamp, apply);
    const tree = new OriginTree(origin.folder, stateFolder, digests);
    const updated = await tree.update(origin.archive, { folder, patches }, apply, context.signal);
    return conclude(updated, tree, stamp, patches.join('\n'), digests.takeNews(tree.folder));
  };
  return new Map([
    ['unpack', unpackStep],
    ['patch', patchStep],
    ['checksum', checksum],
  ]);
}

const stampOfPatches = (stamp: string): string => path.join(path.dirname(stamp), '.patched');

/** Writes the stamp, whose time tells GNU make the same as ever, and whose content tells this program what is behind it. */
function conclude(
  updated: Result<OriginOutcome, string>,
  tree: OriginTree,
  stamp: string,
  content: string,
  wrote: readonly WrittenFile[],
): NativeOutcome {
  if (!updated.ok) return { kind: 'failed', message: updated.error };
  fs.writeFileSync(stamp, `${content}\n`);
  if (updated.value.kind !== 'edited') return { kind: 'succeeded', wrote };
  const output = `${describeEdits(tree.folder, updated.value.edits.changed)}\n`;
  return { kind: 'succeeded', output };
}

async function applyInPlace(
  folder: string,
  patches: readonly string[],
  stamp: string,
  apply: ApplyPatch,
): Promise<NativeOutcome> {
  for (const patch of patches) {
    const complaint = await apply(folder, patch);
    if (complaint !== undefined) return { kind: 'failed', message: complaint };
  }
  fs.writeFileSync(stamp, '');
  return { kind: 'succeeded' };
}

/** Applies patches with patch(1), as the tree's rule does. */
function applyWith(context: NativeContext): ApplyPatch {
  return async (folder, patch) => {
    context.progress(path.basename(patch));
    const outcome = await context.spawner.run(
      {
        argv: ['patch', '-s', '-p1', '-d', folder],
        cwd: context.action.cwd,
        environment: context.action.environment,
        stdin: fs.readFileSync(patch),
      },
      context.signal,
    );
    switch (outcome.kind) {
      case 'exited': {
        if (outcome.status === 0) return undefined;
        const said = outcome.output.toString().trim().replaceAll('\n', '\n  ');
        return `${patch} does not apply to ${folder}:\n  ${said}`;
      }
      case 'failedToStart':
        return outcome.code === 'ENOENT'
          ? `${outcome.message}: install the Debian package 'patch'`
          : outcome.message;
      case 'signaled':
        return `patch was killed by ${outcome.signal}`;
      case 'cancelled':
        return 'interrupted';
    }
  };
}
