import { relative } from 'node:path';
import { formatDiagnostic } from '../engine/location.ts';
import { emptyLock, lockDifferences, lockFile, readLock, writeLock, type Lock } from '../rules/index/lock.ts';
import { fetchedArchives } from '../rules/workspace/fetched-archives.ts';
import { componentsOf, lockFolder } from '../rules/workspace/workspace-lock.ts';
import type { Command } from './command.ts';
import { complain } from './index-context.ts';
import { definedOnly } from './surroundings.ts';
import { workspaceFrom, workspaceOptions, type WorkspaceArguments } from './workspace-options.ts';

interface LockArguments extends WorkspaceArguments {
  readonly words?: readonly string[];
  readonly check?: boolean;
}

export const command: Command<LockArguments> = {
  usage: 'lock [words..]',
  describe: 'Record the commits and archive checksums that the project is made of in unigraph.lock',
  build: (yargs) =>
    workspaceOptions(yargs)
      .positional('words', {
        type: 'string',
        array: true,
        describe: 'Make-style words: A= L= O= C= P= E= N=',
      })
      .option('check', {
        type: 'boolean',
        describe: 'Write nothing; fail if anything differs from unigraph.lock',
      }),
  async run(args, surroundings) {
    const found = await workspaceFrom(args, surroundings, args.words ?? [], true);
    if (!found.ok) return complain(surroundings, found.error);
    const { workspace, words } = found.value;
    if (words.length > 0) return complain(surroundings, { message: `lock does not take '${words[0]}'` });
    const folder = lockFolder(workspace);
    const before = readLock(folder);
    if (!before.ok && args.check === true) return complain(surroundings, before.error);
    const old = (before.ok ? before.value : undefined) ?? emptyLock;
    const fetched = fetchedArchives(workspace, definedOnly(surroundings.environment));
    if (!fetched.ok) return complain(surroundings, fetched.error);
    const { missing } = fetched.value;
    // What has not been fetched here keeps the digest that it was locked with.
    const kept = missing.flatMap((url) =>
      old.archives[url] === undefined ? [] : [[url, old.archives[url]] as const],
    );
    const lock: Lock = {
      components: componentsOf(workspace),
      archives: { ...Object.fromEntries(kept), ...fetched.value.archives },
    };
    const differences = lockDifferences(old, lock);
    if (args.check === true) {
      for (const difference of differences) surroundings.stdout.write(`${difference}\n`);
      return differences.length > 0 ? 1 : 0;
    }
    const written = writeLock(folder, lock);
    if (!written.ok) {
      surroundings.stderr.write(`unigraph: ${formatDiagnostic(written.error)}\n`);
      return 1;
    }
    const open = missing.filter((url) => old.archives[url] === undefined);
    if (open.length > 0) {
      surroundings.stderr.write(
        `unigraph: not fetched yet, and so not locked: ${open.join(', ')}\n  'unigraph build fetch' gets them.\n`,
      );
    }
    const counts = `${Object.keys(lock.components).length} components, ${Object.keys(lock.archives).length} archives`;
    const name = relative(surroundings.cwd, lockFile(folder));
    surroundings.stdout.write(`${name}: ${counts}${written.value ? '' : ', unchanged'}\n`);
    return 0;
  },
};
