import type { ServerResponse } from 'node:http';
import { shownText } from '../terminal/shown.ts';
import type { LiveEvents } from './sample.ts';

/** Those who follow a run, by server-sent events (HTML Living Standard, section 9.2). */
export interface Clients {
  /** Whether there is no room for another one. */
  readonly isFull: boolean;
  /** Takes a client in, and greets it with the given events. */
  add(response: ServerResponse, greeting: string): void;
  send(event: string): void;
  /** Says goodbye; resolves when everybody has been told, or after a moment. */
  end(event: string): Promise<void>;
}

/** How many are served at a time. */
export const mostClients = 16;
/** After so many events in a row that a client had no room for, it is cut off. */
const mostMissed = 120;
/** How long a goodbye may take, in milliseconds. */
const patience = 300;

/** One event on the wire. What would reorder or hide a part of what the page shows is written out. */
export function frame<K extends keyof LiveEvents>(name: K, content: LiveEvents[K]): string {
  return `event: ${name}\ndata: ${JSON.stringify(content, (_, value) => (typeof value === 'string' ? pageText(value) : value))}\n\n`;
}

/**
 * A client that does not read gets no further events until it has read what it was sent: what is kept for it is what it is greeted with and one event, and
 * nobody waits for it.
 */
export function createClients(): Clients {
  const missed = new Map<ServerResponse, number>();
  return {
    get isFull() {
      return missed.size >= mostClients;
    },
    add(response, greeting) {
      missed.set(response, 0);
      response.on('close', () => missed.delete(response));
      response.write(greeting);
    },
    send(event) {
      for (const [response, count] of missed) {
        const isStuck = response.writableNeedDrain;
        missed.set(response, isStuck ? count + 1 : 0);
        if (!isStuck) response.write(event);
        else if (count >= mostMissed) response.destroy();
      }
    },
    async end(event) {
      const told = [...missed.keys()].map(
        (response) =>
          new Promise<void>((resolve) => {
            response.on('close', resolve);
            response.end(event, resolve);
          }),
      );
      let timer: NodeJS.Timeout | undefined;
      const moment = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patience);
      });
      await Promise.race([Promise.all(told), moment]);
      clearTimeout(timer);
    },
  };
}

/** The page has a sign of its own for the end of a line, which CR may be a part of. */
function pageText(text: string): string {
  return text.split('\r').map(shownText).join('\r');
}
