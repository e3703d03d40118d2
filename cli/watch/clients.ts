import type { ServerResponse } from 'node:http';
import { shownText } from '../terminal/shown.ts';
import type { LiveEvents } from './sample.ts';

/** The clients that follow a run, by server-sent events (HTML Living Standard, section 9.2). */
export interface Clients {
  /** Whether no further client is accepted. */
  readonly isFull: boolean;
  /** Adds a client and sends it these first events. */
  add(response: ServerResponse, greeting: string): void;
  send(event: string): void;
  /** Sends a last event; resolves once all clients have it, or after a moment. */
  end(event: string): Promise<void>;
}

/** The most clients served at a time. */
export const mostClients = 16;
/** A client is disconnected after missing this many events in a row. */
const mostMissed = 120;
/** How long the last event may take, in milliseconds. */
const patience = 300;

/** An event on the wire. Escapes characters that would reorder or hide part of the page. */
export function frame<K extends keyof LiveEvents>(name: K, content: LiveEvents[K]): string {
  return `event: ${name}\ndata: ${JSON.stringify(content, (_, value) => (typeof value === 'string' ? pageText(value) : value))}\n\n`;
}

/**
 * A client that does not read gets no further events until it has read the earlier ones. So at most its first
 * events and one more are buffered for it, and it delays no other client.
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

/** The page has its own sign for a line end, which may include CR. */
function pageText(text: string): string {
  return text.split('\r').map(shownText).join('\r');
}
