/*
 * The words that GNU make's jobserver has in MAKEFLAGS: manual, "Sharing Job Slots with GNU make" (13.1.1). The tokens
 * themselves are single bytes in a pipe; every process owns one job slot that is not in the pipe.
 */

/** How a process reaches its parent's jobserver. */
export type JobserverAuth =
  /** Two inherited descriptors (make 4.3 and before). */
  | { readonly kind: 'pipe'; readonly read: number; readonly write: number }
  /** A named pipe (make 4.4 and newer). */
  | { readonly kind: 'fifo'; readonly path: string };

/** The jobserver that MAKEFLAGS names; the last one wins. Undefined when there is none, or it is closed to this process. */
export function parseJobserverAuth(makeflags: string): JobserverAuth | undefined {
  let auth: JobserverAuth | undefined;
  for (const word of flagWords(makeflags)) {
    // --jobserver-fds is the name that make 4.1 and before used.
    const value = /^--jobserver-(?:auth|fds)=(.*)$/s.exec(word)?.[1];
    if (value !== undefined) auth = parseAuthValue(value);
  }
  return auth;
}

function parseAuthValue(value: string): JobserverAuth | undefined {
  if (value.startsWith('fifo:')) return { kind: 'fifo', path: value.slice(5) };
  // make 4.3 says `-2,-2` to a child that is not meant to take part.
  const [, read, write] = /^(\d+),(\d+)$/.exec(value) ?? [];
  if (read === undefined || write === undefined) return undefined;
  return { kind: 'pipe', read: Number(read), write: Number(write) };
}

/** The number of jobs that a `-jN` of MAKEFLAGS speaks of; undefined without one. */
export function parseJobs(makeflags: string): number | undefined {
  let jobs: number | undefined;
  for (const word of flagWords(makeflags)) {
    const value = /^(?:-j|--jobs=)(\d+)$/.exec(word)?.[1];
    if (value !== undefined) jobs = Number(value);
  }
  return jobs;
}

/** MAKEFLAGS for a child make that takes part: the former value, with its own jobserver and number of jobs replaced. */
export function withJobserver(makeflags: string, auth: JobserverAuth, jobs: number): string {
  const separator = makeflags.search(/(?:^|\s)--(?:\s|$)/);
  const flags = separator < 0 ? makeflags : makeflags.slice(0, separator);
  const variables = separator < 0 ? '' : makeflags.slice(separator).trimStart();
  const kept = flagWords(flags).filter(
    (word) => !/^(?:-j\d*|--jobs(?:=.*)?|--jobserver-(?:auth|fds)=.*)$/s.test(word),
  );
  const value = auth.kind === 'fifo' ? `fifo:${auth.path}` : `${auth.read},${auth.write}`;
  // A first word without a dash is a group of one-letter options; without one, a blank keeps its place.
  const first = kept[0] !== undefined && !kept[0].startsWith('-') ? [] : [''];
  const words = [...first, ...kept, `-j${jobs}`, `--jobserver-auth=${value}`];
  return variables === '' ? words.join(' ') : `${words.join(' ')} ${variables}`;
}

/** The words of MAKEFLAGS up to ` -- `, after which command-line variables follow. A backslash hides a blank. */
function flagWords(makeflags: string): string[] {
  const words: string[] = makeflags.match(/(?:\\.|[^\s\\])+/gs) ?? [];
  const end = words.indexOf('--');
  return end < 0 ? words : words.slice(0, end);
}
