import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { until } from '../feed.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export const heading = {
  title: 'a title',
  folder: 'runs/a',
  unit: 'bits',
  recent: 10,
  noun: 'records',
} as const;
export const sample = (step: number) => ({
  step,
  rate: 1,
  figures: { network: { mean: 1, recent: 2 }, 'order-0 model': { mean: 3, recent: 4 } },
  gradientNorm: 1,
  influence: {},
});
export const trail = { kind: 'symbols', symbols: ['a'], probabilities: [0.5] } as const;

/** Sends the path unchanged, where a browser would tidy it up. */
export function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method, headers, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    request.on('error', reject).end();
  });
}

/** Follows the events; `text` collects them. */
export async function follow(port: number): Promise<{ text: string; status: number; destroy(): void }> {
  const followed = { text: '', status: 0, destroy() {} };
  const request = httpRequest({ host: '127.0.0.1', port, path: '/events', agent: false }, (response) => {
    followed.status = response.statusCode ?? 0;
    response.setEncoding('utf8').on('data', (chunk: string) => {
      followed.text += chunk;
    });
    response.on('error', () => {});
  });
  followed.destroy = () => request.destroy();
  request.on('error', () => {}).end();
  await until(() => followed.status !== 0);
  return followed;
}

/**
 * Sends these bytes. Returns all that comes back until the connection ends; with `ends`, ends it after the
 * answer.
 */
export function exchange(port: number, bytes: string, ends = false): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      text += chunk;
      if (ends) socket.destroy();
    });
    socket.on('error', () => {}).on('close', () => resolve(text));
  });
}
