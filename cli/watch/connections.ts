import type { Socket } from 'node:net';

/**
 * The connections to the page. There is room for so many; when there is none, the one that has been idle the longest goes: what opens
 * connections and asks for nothing, or does not read its answers, must not shut out who looks on.
 */
export interface Connections {
  /** Takes a new one in. */
  add(socket: Socket): void;
  /** One that has asked for something is the last to go. */
  use(socket: Socket): void;
  /** One that follows the run stays, however long it is silent. Their number is bounded elsewhere. */
  keep(socket: Socket): void;
}

export function createConnections(most: number): Connections {
  /** The longest idle first. */
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
