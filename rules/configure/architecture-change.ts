import type { KconfigHost } from '../../engine/kconfig/host.ts';

/**
 * What a core's `support/scripts/configupdate` says when the architecture differs between two configurations:
 * the present one, and the one of the last build.
 * @returns undefined when it is the same, or one of the files is missing
 */
export function architectureChange(host: KconfigHost, present: string, built: string): string | undefined {
  const [now, before] = [architectureLines(host, present), architectureLines(host, built)];
  if (now === undefined || before === undefined || now === before) return undefined;
  return (
    '*** The following configuration changes were detected:\n' +
    '*** - CPU architecture changed\n' +
    "*** We highly recommend to execute 'make properclean' before\n" +
    "*** calling 'make'. This is to ensure that the new setting\n" +
    '*** is also considered by the fetch and prepare targets.\n\n'
  );
}

function architectureLines(host: KconfigHost, path: string): string | undefined {
  const bytes = host.readFile(path);
  if (bytes === undefined) return undefined;
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  return lines
    .filter((line) => /^#?\s*CONFIG_ARCH_/.test(line))
    .sort()
    .join('\n');
}
