import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedRepository {
  readonly name: string;
  readonly description?: string | null;
  readonly pushed_at?: string;
}

/** Answers on the loopback interface as GitHub's API does: pages, links, ETags, rate limits, 404. */
export class GithubServer {
  readonly requests: {
    readonly url: string;
    readonly authorization: string | undefined;
    readonly status: number;
  }[] = [];
  organisations = new Map<string, ServedRepository[]>();
  people = new Map<string, ServedRepository[]>();
  pageSize = 100;
  /** Requests that are still answered; undefined for no limit. */
  remaining: number | undefined;
  token: string | undefined;
  /** Answers every request with this body instead. */
  nonsense: string | undefined;
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
  }

  static async start(): Promise<GithubServer> {
    const server = createServer();
    const github = new GithubServer(server);
    server.on('request', (request: IncomingMessage, response) => {
      const { status, headers, body } = github.answer(request);
      github.requests.push({ url: request.url ?? '', authorization: request.headers.authorization, status });
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return github;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  private answer(request: IncomingMessage): {
    status: number;
    headers: Record<string, string>;
    body: string;
  } {
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    if (this.nonsense !== undefined) return { status: 200, headers, body: this.nonsense };
    if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`) {
      return { status: 401, headers, body: '{"message":"Bad credentials"}' };
    }
    const url = new URL(request.url ?? '/', this.url);
    const match = /\/(orgs|users)\/([^/]+)\/repos$/.exec(url.pathname);
    const all = match && (match[1] === 'orgs' ? this.organisations : this.people).get(match[2]!);
    if (all === null || all === undefined) return { status: 404, headers, body: '{"message":"Not Found"}' };
    const etag = `W/"${Buffer.from(JSON.stringify(all)).length}-${all.length}-${all.map((each) => each.pushed_at).join()}"`;
    if (request.headers['if-none-match'] === etag) return { status: 304, headers, body: '' };
    if (this.remaining !== undefined && this.remaining-- <= 0) {
      headers['X-RateLimit-Remaining'] = '0';
      headers['X-RateLimit-Reset'] = String(Math.floor(new Date(2030, 0, 1, 14, 30).getTime() / 1000));
      return { status: 403, headers, body: '{"message":"API rate limit exceeded"}' };
    }
    const page = Number(url.searchParams.get('page') ?? '1');
    const start = (page - 1) * this.pageSize;
    if (start + this.pageSize < all.length) {
      url.searchParams.set('page', String(page + 1));
      headers['Link'] = `<${url.href}>; rel="next", <${url.href}>; rel="last"`;
    }
    headers['ETag'] = etag;
    const slice = all.slice(start, start + this.pageSize).map((each) => ({
      id: 1,
      full_name: `${match![2]}/${each.name}`,
      private: false,
      ...each,
    }));
    return { status: 200, headers, body: JSON.stringify(slice) };
  }
}
