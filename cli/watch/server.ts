import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../errors.ts';
import { createClients, frame } from './clients.ts';
import { refusalOf, safeHeaders } from './guard.ts';
import { readAssets } from './routes.ts';
import type { Heading, LiveEvents, Sample, Trail } from './sample.ts';
import { createThinned, type Thinned } from './thinned.ts';

/** A page on this machine that shows a run while it lasts. */
export interface LivePage {
  readonly address: string;
  begin(heading: Heading): void;
  show(sample: Sample, trail: Trail): void;
  /** Tells those who look on how it ended, and serves nothing any more. */
  close(sentence: string): Promise<void>;
}

/** How many samples somebody who comes later is shown, evenly over the whole run. */
export const mostSamples = 1000;
const mostConnections = 64;

/** Serves the page on 127.0.0.1. @throws UsageError when the port cannot be had. */
export async function openLivePage(port: number): Promise<LivePage> {
  const assets = readAssets();
  const clients = createClients();
  const samples: Thinned<Sample> = createThinned(mostSamples);
  let heading: Heading | undefined;
  let latest: Trail | null = null;

  function answer(request: IncomingMessage, response: ServerResponse): void {
    // Nothing is expected of a body.
    request.resume();
    const isHead = request.method === 'HEAD';
    const say = (status: number, type: string, content: string | Buffer, headers = {}) =>
      void response
        .writeHead(status, { ...safeHeaders, 'Content-Type': type, 'Content-Length': Buffer.byteLength(content), ...headers })
        .end(isHead ? undefined : content);
    const refuse = (status: number, sentence: string, headers = {}) =>
      say(status, 'text/plain; charset=utf-8', `${sentence}\n`, headers);
    const refusal = refusalOf(request.headers, portOf(server));
    if (refusal !== undefined) return refuse(403, refusal);
    if (request.method !== 'GET' && !isHead) return refuse(405, 'this page is only read', { Allow: 'GET, HEAD' });
    const asset = assets.get(request.url ?? '');
    if (asset !== undefined) return say(200, asset.type, asset.content);
    if (request.url !== '/events') return refuse(404, 'there is nothing here');
    follow(response, isHead, () => refuse(503, 'too many look on already'));
  }

  function follow(response: ServerResponse, isHead: boolean, refuse: () => void): void {
    response.on('error', () => response.destroy());
    const headers = { ...safeHeaders, 'Content-Type': 'text/event-stream; charset=utf-8' };
    if (isHead) return void response.writeHead(200, headers).end();
    if (clients.isFull) return refuse();
    response.writeHead(200, headers);
    clients.add(response, `retry: 2000\n\n${heading === undefined ? '' : frame('begin', greeting(heading))}`);
  }

  const greeting = (known: Heading): LiveEvents['begin'] => ({ heading: known, samples: samples.items(), trail: latest });

  const server = createServer(answer);
  server.maxConnections = mostConnections;
  await listen(server, port);
  return {
    address: `http://127.0.0.1:${portOf(server)}/`,
    begin(known) {
      heading = known;
      clients.send(frame('begin', greeting(known)));
    },
    show(sample, trail) {
      samples.add(sample);
      latest = trail;
      clients.send(frame('sample', { sample, trail }));
    },
    async close(sentence) {
      server.close();
      await clients.end(frame('end', { sentence }));
      server.closeAllConnections();
    },
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: Error & { code?: string }) => reject(new UsageError(reasonOf(port, code, message))));
    server.listen({ host: '127.0.0.1', port }, resolve);
  });
}

function reasonOf(port: number, code: string | undefined, message: string): string {
  if (code === 'EADDRINUSE') return `port ${port} is in use: give another one with --watch, or 0 for any that is free`;
  if (code === 'EACCES') return `port ${port} is not for everybody: give one from 1024 on with --watch, or 0 for any that is free`;
  return `cannot serve a page on 127.0.0.1:${port}: ${message}`;
}
