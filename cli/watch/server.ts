import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../../lib/index.ts';
import type { Trail } from '../../trainers/evaluation/index.ts';
import { createClients, frame } from './clients.ts';
import { createConnections } from './connections.ts';
import { malformationOf, refusalOf, safeHeaders } from './guard.ts';
import { type Asset, asset, readAssets } from './routes.ts';
import type { Heading, LiveEvents, Sample } from './sample.ts';
import { createThinned, type Thinned } from './thinned.ts';

/** A page on this machine that shows a run while it lasts. */
export interface LivePage {
  readonly address: string;
  begin(heading: Heading): void;
  show(sample: Sample, trail: Trail | null): void;
  /** Sends the viewers how the run ended, and stops serving. */
  close(sentence: string): Promise<void>;
}

/** The most samples shown to a late viewer, spread evenly over the whole run. */
export const mostSamples = 1000;
const mostConnections = 64;
/** Time limits of a connection and its requests, in milliseconds. */
export const patience = {
  headersTimeout: 3000,
  requestTimeout: 6000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
};
const eventHeaders = { ...safeHeaders, 'Content-Type': 'text/event-stream; charset=utf-8' };

/** Serves the page on 127.0.0.1. @throws UsageError if the port is not available. */
export async function openLivePage(port: number, limits = patience): Promise<LivePage> {
  const assets = readAssets();
  const clients = createClients();
  const connections = createConnections(mostConnections);
  const samples: Thinned<Sample> = createThinned(mostSamples);
  let heading: Heading | undefined;
  let latest: Trail | null = null;

  function answer(request: IncomingMessage, response: ServerResponse): void {
    // Ignore the body of a request.
    request.resume();
    connections.use(request.socket);
    const { method, url = '' } = request;
    const isHead = method === 'HEAD';
    const say = (status: number, { type, content }: Asset, headers = {}) => {
      const length = { 'Content-Type': type, 'Content-Length': content.length };
      response.writeHead(status, { ...safeHeaders, ...length, ...headers }).end(isHead ? undefined : content);
    };
    const refuse = (status: number, sentence: string, headers = {}) =>
      say(status, asset('text/plain', `${sentence}\n`), headers);
    const malformation = malformationOf(request.rawHeaders);
    const refusal = refusalOf(request.headers, portOf(server));
    const known = assets.get(url);
    if (malformation !== undefined) refuse(400, malformation);
    else if (refusal !== undefined) refuse(403, refusal);
    else if (method !== 'GET' && !isHead) refuse(405, 'this page is only read', { Allow: 'GET, HEAD' });
    else if (known !== undefined) say(200, known);
    else if (url !== '/events') refuse(404, 'there is nothing here');
    else if (isHead) response.writeHead(200, eventHeaders).end();
    else if (clients.isFull) refuse(503, 'too many viewers already');
    else {
      response.on('error', () => response.destroy());
      connections.keep(request.socket);
      response.writeHead(200, eventHeaders);
      clients.add(
        response,
        `retry: 2000\n\n${heading === undefined ? '' : frame('begin', greeting(heading))}`,
      );
    }
  }

  const greeting = (known: Heading): LiveEvents['begin'] => ({
    heading: known,
    samples: samples.items(),
    trail: latest,
  });

  const server = createServer(limits, answer);
  server.on('connection', connections.add);
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
    server.once('error', ({ code, message }: Error & { code?: string }) =>
      reject(new UsageError(reasonOf(port, code, message))),
    );
    server.listen({ host: '127.0.0.1', port }, resolve);
  });
}

function reasonOf(port: number, code: string | undefined, message: string): string {
  if (code === 'EADDRINUSE')
    return `port ${port} is in use: give another one with --watch, or 0 for any that is free`;
  if (code === 'EACCES')
    return `port ${port} needs special rights: give one from 1024 on with --watch, or 0 for any that is free`;
  return `cannot serve a page on 127.0.0.1:${port}: ${message}`;
}
