import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { Environment } from '../workspace/working-folders.ts';

/** A git command that failed. `reason` sorts failures into those with a remedy. */
export interface GitFailure {
  readonly reason: 'not-installed' | 'network' | 'missing' | 'access' | 'reference' | 'cancelled' | 'other';
  /** git's own last words. */
  readonly output: string;
}

export interface GitOptions {
  readonly environment: Environment;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Gets git's progress lines. */
  readonly onProgress?: (line: string) => void;
  /** Milliseconds; default 10 minutes. */
  readonly timeout?: number;
}

/** Variables that would point git at another repository than the one that is meant (set inside hooks). */
const misleading = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_CEILING_DIRECTORIES',
];

/**
 * Runs git without a terminal: it never waits for a password. The user's own configuration (`insteadOf`, proxies,
 * credentials) applies.
 * @returns standard output without the last line end
 */
export async function git(args: readonly string[], options: GitOptions): Promise<Result<string, GitFailure>> {
  const { execa } = await import('execa');
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.environment)) {
    if (value !== undefined && !misleading.includes(name)) env[name] = value;
  }
  env['GIT_TERMINAL_PROMPT'] = '0';
  env['LC_ALL'] = 'C';
  env['GIT_SSH_COMMAND'] ??= 'ssh -o BatchMode=yes';
  // Reading the state of somebody's tree must not write an index there.
  env['GIT_OPTIONAL_LOCKS'] = '0';
  const child = execa('git', [...args], {
    env,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: options.timeout ?? 600_000,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.signal !== undefined && { cancelSignal: options.signal }),
  });
  if (options.onProgress !== undefined) {
    const report = options.onProgress;
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      for (const line of chunk.split(/[\r\n]+/)) if (line.trim() !== '') report(line.trim());
    });
  }
  const result = await child;
  if (!result.failed) return ok(result.stdout);
  const output = result.stderr.trim();
  if (result.isCanceled) return fail({ reason: 'cancelled', output });
  if (result.code === 'ENOENT') return fail({ reason: 'not-installed', output });
  if (result.timedOut) return fail({ reason: 'network', output: 'it took too long' });
  return fail({ reason: reasonOf(output), output: output || (result.shortMessage ?? '') });
}

function reasonOf(output: string): GitFailure['reason'] {
  const reasons: [RegExp, GitFailure['reason']][] = [
    [/could not resolve host|name or service not known|temporary failure in name resolution/i, 'network'],
    [
      /connection (refused|timed out|reset)|failed to connect|network is unreachable|could not connect|unable to access .*(timeout|timed out)/i,
      'network',
    ],
    [/proxy|ssl certificate|server certificate/i, 'network'],
    [
      /could not read (username|password)|authentication failed|permission denied \(publickey|terminal prompts disabled/i,
      'access',
    ],
    [
      /remote branch .* not found|couldn't find remote ref|pathspec .* did not match|unknown revision|not a valid object name|reference is not a tree/i,
      'reference',
    ],
    [
      /repository .*not found|does not appear to be a git repository|does not exist|not a git repository/i,
      'missing',
    ],
  ];
  return reasons.find(([pattern]) => pattern.test(output))?.[1] ?? 'other';
}

/** A git failure in words. `doing` is what was tried: `clone https://…`. */
export function describeGitFailure(failure: GitFailure, doing: string): Diagnostic {
  const detail = lastWords(failure.output);
  switch (failure.reason) {
    case 'not-installed':
      return { message: 'git is not installed', hint: 'Install it: sudo apt-get install git.' };
    case 'network':
      return {
        message: `cannot ${doing}: there is no connection (${detail})`,
        hint: 'Behind a proxy, set https_proxy; a mirror can be named in unigraph.json or with git config url.MIRROR.insteadOf.',
      };
    case 'access':
      return {
        message: `cannot ${doing}: there is no such repository, or it is private (${detail})`,
        hint: 'Check the address; for a private repository set up git credentials or an SSH key.',
      };
    case 'missing':
      return { message: `cannot ${doing}: there is no such repository (${detail})` };
    case 'reference':
      return { message: `cannot ${doing}: there is no such version (${detail})` };
    case 'cancelled':
      return { message: `interrupted: ${doing}` };
    case 'other':
      return { message: `cannot ${doing}: ${detail}` };
  }
}

function lastWords(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const line =
    lines.findLast((each) => /^(fatal|error):/.test(each)) ?? lines.findLast((each) => each !== '') ?? '';
  return (
    line.replace(/^(fatal|error): /, '').replace(/[\u0000-\u001f\u007f-\u009f]/g, '?') || 'git says nothing'
  );
}

/** A branch or tag of a repository. */
export interface Reference {
  readonly kind: 'branch' | 'tag';
  readonly name: string;
  readonly commit: string;
}

/** All branches and tags of a repository, and the branch that its HEAD is on. */
export async function listReferences(
  url: string,
  options: GitOptions,
): Promise<Result<{ references: Reference[]; head: string | undefined }, GitFailure>> {
  const listed = await git(['ls-remote', '--symref', '--', url, 'HEAD', 'refs/heads/*', 'refs/tags/*'], {
    timeout: 60_000,
    ...options,
  });
  if (!listed.ok) return listed;
  const references = new Map<string, Reference>();
  let head: string | undefined;
  for (const line of listed.value.split('\n')) {
    head ??= /^ref: refs\/heads\/(\S+)\s+HEAD$/.exec(line)?.[1];
    const [, commit, kind, name, peeled] =
      /^([0-9a-f]{40,64})\s+refs\/(heads|tags)\/(\S+?)(\^\{\})?$/.exec(line) ?? [];
    if (commit === undefined || name === undefined) continue;
    // An annotated tag comes twice; the second line has the commit that it stands for.
    if (references.has(`${kind}/${name}`) && peeled === undefined) continue;
    references.set(`${kind}/${name}`, { kind: kind === 'heads' ? 'branch' : 'tag', name, commit });
  }
  return ok({ references: [...references.values()], head });
}
