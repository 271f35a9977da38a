import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A fresh folder, removed after the test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'unigraph-fetch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface TestServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** What was asked for, in order: method, path and the range, if any. */
  readonly requests: string[];
  readonly server: Server;
}

/** A server on the loopback, closed after the test. */
export async function serve(handler: RequestListener): Promise<TestServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const range = request.headers.range === undefined ? '' : ` ${request.headers.range}`;
    requests.push(`${request.method} ${request.url}${range}`);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, requests, server };
}

/** A server below HTTP: it gets each connection. */
export async function serveRaw(handler: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    handler(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Answers as a good file server does: whole, a range, or "not modified". */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  etag: string | undefined = '"v1"',
): void {
  const headers: Record<string, string> = etag === undefined ? {} : { ETag: etag };
  if (etag !== undefined && request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const start = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  const ifRange = request.headers['if-range'];
  if (start !== undefined && (ifRange === undefined || ifRange === etag)) {
    const from = Number(start);
    if (from >= content.length) {
      response.writeHead(416, { 'Content-Range': `bytes */${content.length}` }).end();
      return;
    }
    response.writeHead(206, {
      ...headers,
      'Content-Length': content.length - from,
      'Content-Range': `bytes ${from}-${content.length - 1}/${content.length}`,
    });
    response.end(content.subarray(from));
    return;
  }
  response.writeHead(200, { ...headers, 'Content-Length': content.length });
  response.end(content);
}

/** Sends the first `count` bytes of what a request gets, then cuts the connection. */
export function cutAfter(
  response: ServerResponse,
  headers: Record<string, string | number>,
  part: Buffer,
  status = 200,
): void {
  response.writeHead(status, headers);
  response.write(part, () => response.socket?.end(() => response.socket?.destroy()));
}
