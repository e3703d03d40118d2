import { EscapedTangentError, guard } from '../lib/index.ts';

/**
 * One run of a differentiation or trace. Numbers only grow, so the level of a call made inside another is higher than
 * the other's, whatever the caller closes over.
 */
export interface Level {
  readonly number: number;
  /** What the user called, for messages: `jvp(loss)`. */
  readonly name: string;
  open: boolean;
}

const counter = { last: 0 };

/** Runs `body` in a new level that is closed on exit, also when `body` throws. */
export function withLevel<R>(name: string, body: (level: Level) => R): R {
  const level: Level = { number: ++counter.last, name, open: true };
  try {
    return body(level);
  } finally {
    level.open = false;
  }
}

/** @throws EscapedTangentError when the level has returned. */
export function requireOpen(level: Level, operation: string): void {
  if (!level.open)
    throw new EscapedTangentError(
      `${operation}: a tangent of ${level.name} is used after ${level.name} returned; return it instead of storing it`,
    );
}

/** `jvp(loss)`, for messages. @throws ConfigurationError unless f is a function. */
export function callName(transform: string, f: { readonly name: string }): string {
  guard.argument(transform, 'what it is given first', f, guard.callable);
  return `${transform}(${f.name || 'f'})`;
}
