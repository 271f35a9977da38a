import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';

/** Where components come from. */
export type Origin =
  /** A folder on this machine: a component, or a folder of components. */
  | { readonly kind: 'folder'; readonly path: string }
  /** One git repository. */
  | { readonly kind: 'repository'; readonly url: string }
  /** All repositories of an owner whose name matches: `https://github.com/unikraft/lib-*`. */
  | { readonly kind: 'wildcard'; readonly base: string; readonly owner: string; readonly pattern: string };

/** What kraft looks at when nothing else is said. */
export const defaultOrigins = [
  'https://github.com/unikraft/unikraft',
  'https://github.com/unikraft/plat-*',
  'https://github.com/unikraft/lib-*',
  'https://github.com/unikraft/app-*',
] as const;

/**
 * Reads an origin as the user writes it.
 * @param cwd what a relative path starts at
 */
export function parseOrigin(text: string, cwd: string, home = homedir()): Result<Origin, Diagnostic> {
  const trimmed = text.trim();
  if (trimmed === '' || /[\u0000-\u001f\u007f]/.test(trimmed)) {
    return fail({ message: `'${JSON.stringify(text).slice(1, -1)}' is no origin`, hint: originHint });
  }
  const url = /^(https?|ssh|git|file):\/\//i.exec(trimmed);
  const isScp = /^[\w.-]+@[\w.-]+:[^/]/.test(trimmed);
  if (url === null && !isScp) {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)) {
      return fail({ message: `git cannot fetch '${trimmed}'`, hint: originHint });
    }
    const path =
      trimmed === '~' || trimmed.startsWith('~/') ? join(home, trimmed.slice(1)) : resolve(cwd, trimmed);
    if (!existsSync(path)) return fail({ message: `there is no folder ${path}`, hint: originHint });
    return ok({ kind: 'folder', path });
  }
  if (!trimmed.includes('*')) return ok({ kind: 'repository', url: canonicalUrl(trimmed) });
  const wildcard = /^(https?:\/\/[^/*]+\/)([A-Za-z0-9][\w.-]*)\/([\w.*-]+)$/i.exec(
    trimmed.replace(/\.git$/, ''),
  );
  if (wildcard === null) {
    return fail({
      message: `'${trimmed}' has a '*' where none can be`,
      hint: 'A wildcard stands in the name of the repository: https://github.com/unikraft/lib-*.',
    });
  }
  const [, host, owner, pattern] = wildcard as unknown as [string, string, string, string];
  return ok({ kind: 'wildcard', base: secureGithub(`${host}${owner}/`), owner, pattern });
}

const originHint =
  'Give a folder, the URL of a git repository, or all repositories of an owner: https://github.com/unikraft/lib-*.';

/** kraft's own settings have http://github.com, which only redirects. */
function secureGithub(url: string): string {
  return url.replace(/^http:\/\/github\.com\//i, 'https://github.com/');
}

/** One spelling for one repository: without `.git`, a slash at the end, or unencrypted GitHub. */
export function canonicalUrl(url: string): string {
  const cut = secureGithub(url).replace(/\/+$/, '');
  return /^https?:\/\//i.test(cut) ? cut.replace(/\.git$/, '') : cut;
}

/** The origin as it is written down and shown. */
export function formatOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'folder':
      return origin.path;
    case 'repository':
      return origin.url;
    case 'wildcard':
      return origin.base + origin.pattern;
  }
}

/** A test for names that match a wildcard's pattern. */
export function matcher(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+^${}()|[\]\\?]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\w.-]*')}$`, 'i');
}

/** True where a path or URL is on this machine. */
export function localPath(url: string): string | undefined {
  if (/^file:\/\//i.test(url)) return decodeURIComponent(new URL(url).pathname);
  return isAbsolute(url) ? url : undefined;
}
