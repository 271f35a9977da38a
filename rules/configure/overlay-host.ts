import { dirname } from 'node:path';
import type { KconfigHost } from '../../engine/kconfig/host.ts';

/**
 * A host that keeps what is written in memory, for commands that only read: a core's Config.uk files have lists
 * generated into the build folder while they are read. Folders become real only when a shell command needs them.
 */
export function overlayHost(host: KconfigHost): KconfigHost {
  const files = new Map<string, Uint8Array>();
  const folders = new Set<string>();
  return {
    readFile: (path) => files.get(path) ?? host.readFile(path),
    kind: (path) => (files.has(path) ? 'file' : folders.has(path) ? 'folder' : host.kind(path)),
    exists: (path) => files.has(path) || folders.has(path) || host.exists(path),
    readDirectory(path) {
      const real = host.readDirectory(path);
      if (real === undefined && !folders.has(path)) return undefined;
      const added = [...files.keys(), ...folders].filter((each) => dirname(each) === path);
      return [...new Set([...(real ?? []), ...added.map((each) => each.slice(path.length + 1))])];
    },
    writeFile(path, bytes) {
      files.set(path, bytes);
      return true;
    },
    rename(from, to) {
      const bytes = files.get(from) ?? host.readFile(from);
      if (bytes === undefined) return false;
      files.delete(from);
      files.set(to, bytes);
      return true;
    },
    remove: (path) => files.delete(path),
    makeDirectory(path) {
      folders.add(path);
      return true;
    },
    shell(command, cwd, environment) {
      for (const folder of folders) if (host.kind(folder) === undefined) host.makeDirectory(folder);
      return host.shell(command, cwd, environment);
    },
  };
}
