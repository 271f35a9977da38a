import { FSWatcher } from 'chokidar';
import { lstatSync } from 'node:fs';

/** What happened to an entry of a directory. */
export interface DirectoryEvent {
  /** `rename`: it was created, removed, moved or replaced; `change`: its content or its attributes changed. */
  readonly type: 'rename' | 'change';
  /** The entry's name; undefined when the system does not tell, and any of them may be meant. */
  readonly name: string | undefined;
}

/** Something that tells what happens to the entries of one directory. */
export interface DirectorySource {
  close(): Promise<void>;
}

/** How opening a directory's events ended: `unavailable` when the system has no watches left or the directory cannot be read. */
export type OpenedDirectory =
  | { readonly kind: 'open'; readonly source: DirectorySource }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unavailable'; readonly code: string };

/**
 * chokidar, without its own picture of the directory.
 *
 * Only its raw events are used, because the cooked ones lose some: two changes of a file within 50 ms are one, and the second
 * may be the one that was not yet built from. And they cost too much here: for each event chokidar reads the directory
 * and asks for the status of each entry, again and again while a build writes a thousand objects into it.
 * All of that goes through its throttle, so a throttle that lets nothing pass switches it off; it also leaves no timer behind.
 */
class RawWatcher extends FSWatcher {
  override _throttle(): false {
    return false;
  }
}

/**
 * Starts to report what happens in a directory (not below its own directories): one inotify watch.
 * @param directory absolute path without symbolic links
 * @param onEvent called for events after the returned promise has resolved, perhaps some before
 */
export async function openDirectory(
  directory: string,
  onEvent: (event: DirectoryEvent) => void,
): Promise<OpenedDirectory> {
  if (!isDirectory(directory)) return { kind: 'missing' };
  const watcher = new RawWatcher({ depth: 0, ignoreInitial: true, atomic: false, usePolling: false });
  let failure: string | undefined;
  watcher.on('raw', (type, name) => {
    onEvent({ type: type === 'rename' ? 'rename' : 'change', name: name || undefined });
  });
  watcher.on('error', (error) => {
    failure ??= (error as NodeJS.ErrnoException).code ?? 'UNKNOWN';
  });
  const ready = new Promise<void>((resolve) => watcher.once('ready', resolve));
  watcher.add(directory);
  await ready;
  // A directory that vanished meanwhile is watched by none; chokidar may have gone on to its parent.
  if (failure === undefined && isDirectory(directory)) {
    return { kind: 'open', source: { close: () => watcher.close() } };
  }
  await watcher.close();
  return failure === undefined ? { kind: 'missing' } : { kind: 'unavailable', code: failure };
}

function isDirectory(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}
