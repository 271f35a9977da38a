import { Configuration } from '../../../engine/kconfig/configuration.ts';
import type { KconfigHost } from '../../../engine/kconfig/host.ts';

/** A disk in memory below `/t`, without a shell. */
export function memoryHost(files: Readonly<Record<string, string>>): KconfigHost & {
  readonly files: Map<string, string>;
} {
  const content = new Map(Object.entries(files).map(([name, text]) => [`/t/${name}`, text]));
  const isFolder = (path: string): boolean => [...content.keys()].some((name) => name.startsWith(`${path}/`));
  return {
    files: content,
    readFile: (path) => {
      const text = content.get(path);
      return text === undefined ? undefined : Buffer.from(text, 'latin1');
    },
    kind: (path) => (content.has(path) ? 'file' : isFolder(path) ? 'folder' : undefined),
    exists: (path) => content.has(path) || isFolder(path),
    readDirectory: (path) =>
      isFolder(path)
        ? [...content.keys()]
            .filter((name) => name.startsWith(`${path}/`))
            .map((name) => name.slice(path.length + 1).split('/')[0]!)
        : undefined,
    writeFile(path, bytes) {
      content.set(path, Buffer.from(bytes).toString('latin1'));
      return true;
    },
    rename(from, to) {
      const text = content.get(from);
      if (text === undefined) return false;
      content.delete(from);
      content.set(to, text);
      return true;
    },
    remove: (path) => content.delete(path),
    makeDirectory: () => true,
    shell: () => ({ stdout: new Uint8Array(0), stderr: new Uint8Array(0), failure: 'there is no shell' }),
  };
}

/** A tree whose root file is this text, with a `.config` where one is given. */
export function configurationOf(kconfig: string, config?: string): Configuration {
  const host = memoryHost({ Kconfig: kconfig, ...(config !== undefined && { '.config': config }) });
  const opened = Configuration.open({
    rootFile: 'Kconfig',
    cwd: '/t',
    environment: { CONFIG_: 'CONFIG_' },
    host,
  });
  if (!opened.ok) throw new Error(opened.error);
  opened.value.load();
  opened.value.takeMessages();
  return opened.value;
}
