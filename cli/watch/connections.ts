import type { Socket } from 'node:net';

/**
 * The connections to the page, limited in number. At the limit, the one idle longest is closed, so that
 * connections that request nothing, or do not read their answers, cannot block viewers.
 */
export interface Connections {
  /** Adds a new connection. */
  add(socket: Socket): void;
  /** Marks a connection as just used, so that it is the last to be closed. */
  use(socket: Socket): void;
  /**
   * Keeps a connection that follows the run, however long it is silent. Their number is limited elsewhere.
   */
  keep(socket: Socket): void;
}

export function createConnections(most: number): Connections {
  /** Longest idle first. */
  const idle = new Set<Socket>();
  const kept = new Set<Socket>();
  return {
    add(socket) {
      idle.add(socket);
      socket.once('close', () => {
        idle.delete(socket);
        kept.delete(socket);
      });
      if (idle.size + kept.size <= most) return;
      const [longest] = idle;
      idle.delete(longest);
      longest.destroy();
    },
    use(socket) {
      if (idle.delete(socket)) idle.add(socket);
    },
    keep(socket) {
      if (idle.delete(socket)) kept.add(socket);
    },
  };
}
