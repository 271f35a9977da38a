import { z } from 'zod';
import { DownloadError, describeDownloadFailure } from '../../engine/fetch/download-failure.ts';
import { get, networkError } from '../../engine/fetch/http-request.ts';
import type { Diagnostic } from '../../engine/location.ts';
import { fail, ok, type Result } from '../../engine/result.ts';
import type { Environment } from '../workspace/working-folders.ts';

/** A repository of an owner, as GitHub's API tells. */
export interface GithubRepository {
  readonly name: string;
  readonly description: string | undefined;
  /** When something was last pushed; ISO 8601. */
  readonly pushedAt: string | undefined;
}

export interface OwnerListing {
  readonly repositories: readonly GithubRepository[];
  /** For the next request: an unchanged answer costs nothing of the rate limit. */
  readonly etag?: string;
}

const answerSchema = z.array(
  z.object({
    name: z.string(),
    description: z.string().nullish(),
    pushed_at: z.string().nullish(),
  }),
);

/** An organisation has a hundred repositories, an answer a hundred entries of some 6 KB. */
const pageLimit = 50;
const answerLimit = 20_000_000;

/**
 * The address of the API for a host. `GITHUB_API_URL` (GitHub's own name for it in its workflows) stands for
 * github.com's; other hosts are GitHub Enterprise servers.
 */
export function apiFor(base: string, environment: Environment): URL {
  const host = new URL(base);
  const github = host.hostname === 'github.com';
  const text = github ? (environment['GITHUB_API_URL'] ?? 'https://api.github.com') : `${host.origin}/api/v3`;
  return new URL(`${text.replace(/\/+$/, '')}/`);
}

/** The token for the API at `api`, from the environment. It goes to no host that it was not made for. */
function tokenFor(api: URL, environment: Environment): string | undefined {
  const own = environment['GITHUB_API_URL'];
  const isGithub = api.hostname === 'api.github.com' || (own !== undefined && api.href.startsWith(own));
  if (!isGithub) return environment['GH_ENTERPRISE_TOKEN'] || undefined;
  return (
    environment['UK_KRAFT_GITHUB_TOKEN'] ||
    environment['GITHUB_TOKEN'] ||
    environment['GH_TOKEN'] ||
    undefined
  );
}

/**
 * Lists an owner's repositories, an organisation's or a person's, with a hundred to a request.
 * @param etag of the last listing; an unchanged one is answered with `undefined`
 */
export async function listOwner(
  api: URL,
  owner: string,
  environment: Environment,
  etag?: string,
  signal?: AbortSignal,
): Promise<Result<OwnerListing | undefined, Diagnostic>> {
  const repositories: GithubRepository[] = [];
  let newTag: string | undefined;
  let page: URL | undefined = new URL(`orgs/${owner}/repos?per_page=100`, api);
  let isPerson = false;
  for (let count = 0; page !== undefined && count < pageLimit; count++) {
    const answer: Result<Page, Diagnostic> = await readPage(
      page,
      environment,
      count === 0 ? etag : undefined,
      signal,
    );
    if (!answer.ok) return answer;
    const { status, body, next, tag } = answer.value;
    if (status === 304) return ok(undefined);
    if (status === 404 && count === 0 && !isPerson) {
      isPerson = true;
      page = new URL(`users/${owner}/repos?per_page=100`, api);
      count--;
      continue;
    }
    if (status !== 200) return fail(statusProblem(answer.value, api, owner, environment));
    const parsed = parse(body);
    if (parsed === undefined) {
      return fail({
        message: `${page.origin} does not answer as GitHub does when asked for the repositories of ${owner}`,
      });
    }
    repositories.push(...parsed);
    if (count === 0) newTag = tag;
    page = next;
  }
  return ok({ repositories, ...(newTag !== undefined && { etag: newTag }) });
}

interface Page {
  readonly status: number;
  readonly body: string;
  readonly next: URL | undefined;
  readonly tag: string | undefined;
  /** Requests that are left; undefined where the server says nothing. */
  readonly remaining: number | undefined;
  /** When the limit is lifted, in seconds since 1970. */
  readonly reset: number | undefined;
  readonly retryAfter: number | undefined;
}

async function readPage(
  url: URL,
  environment: Environment,
  etag: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Result<Page, Diagnostic>> {
  const token = tokenFor(url, environment);
  try {
    const { response } = await get(
      url,
      { Accept: 'application/vnd.github+json', ...(etag !== undefined && { 'If-None-Match': etag }) },
      {
        environment,
        idleTimeout: 30_000,
        signal,
        ownHeaders: token === undefined ? {} : { Authorization: `Bearer ${token}` },
        hasChecksum: false,
        onRedirect: () => undefined,
      },
    );
    let body = '';
    response.setEncoding('utf8');
    try {
      for await (const chunk of response) {
        body += chunk as string;
        if (body.length > answerLimit) {
          response.destroy();
          return fail({ message: `the answer of ${url.host} is too large` });
        }
      }
    } catch (error) {
      throw networkError(error, url, body.length, signal);
    }
    const header = (name: string) => [response.headers[name]].flat()[0];
    const number = (name: string) => {
      const value = header(name);
      return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
    };
    const next = /<([^>]+)>;\s*rel="next"/.exec(header('link') ?? '')?.[1];
    return ok({
      status: response.statusCode ?? 0,
      body,
      // A page elsewhere is not followed: the token would not go there, and GitHub has none.
      next:
        next !== undefined && URL.canParse(next) && new URL(next).origin === url.origin
          ? new URL(next)
          : undefined,
      tag: header('etag'),
      remaining: number('x-ratelimit-remaining'),
      reset: number('x-ratelimit-reset'),
      retryAfter: number('retry-after'),
    });
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    const { message, hint } = describeDownloadFailure(error.failure);
    return fail({ message, ...(hint !== undefined && { hint }) });
  }
}

function parse(body: string): GithubRepository[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const parsed = answerSchema.safeParse(json);
  return parsed.success
    ? parsed.data.map(({ name, description, pushed_at: pushedAt }) => ({
        name,
        description: description ?? undefined,
        pushedAt: pushedAt ?? undefined,
      }))
    : undefined;
}

function statusProblem(page: Page, api: URL, owner: string, environment: Environment): Diagnostic {
  const hasToken = tokenFor(api, environment) !== undefined;
  const limited =
    page.status === 429 || (page.status === 403 && (page.remaining === 0 || page.retryAfter !== undefined));
  if (limited) {
    const until =
      page.reset !== undefined
        ? ` until ${new Date(page.reset * 1000).toTimeString().slice(0, 5)}`
        : page.retryAfter !== undefined
          ? ` for ${page.retryAfter} s`
          : '';
    return {
      message: `GitHub answers no more requests${until}: its rate limit is used up`,
      hint: hasToken
        ? 'Wait, or add the repositories that you need by their own addresses: those are asked for by git, without a limit.'
        : 'Set GITHUB_TOKEN (60 requests an hour become 5,000), or add repositories by their own addresses, which have no limit.',
    };
  }
  if (page.status === 401) {
    return {
      message: 'GitHub does not accept the token from the environment',
      hint: 'Renew or unset UK_KRAFT_GITHUB_TOKEN, GITHUB_TOKEN or GH_TOKEN, whichever is set.',
    };
  }
  if (page.status === 404) {
    return {
      message: `GitHub has nobody called '${owner}'`,
      hint: 'Check the origin: unigraph list remove ORIGIN.',
    };
  }
  return {
    message: `${api.host} answers with status ${page.status} when asked for the repositories of ${owner}`,
  };
}
