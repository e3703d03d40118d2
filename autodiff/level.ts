import { EscapedTangentError, guard } from '../lib/index.ts';

/**
 * One call of a differentiation or trace. Numbers only grow, so a nested call has a higher level than the
 * call around it, whatever it closes over.
 */
export interface Level {
  readonly number: number;
  /** The user's call, for messages: `jvp(loss)`. */
  readonly name: string;
  open: boolean;
  /** The level of `dual` while this level runs; both close together. */
  duals?: Level;
  /** The number of dual numbers made at this level. */
  made: number;
}

const counter = { last: 0 };

/** The program outside all transforms; always open. */
const program: Level = { number: 0, name: 'the program', open: true, made: 0 };

/** The innermost running transform. */
const running = { level: program };

/** Runs `body` in a new level, which closes on exit, even if `body` throws. */
export function withLevel<R>(name: string, body: (level: Level) => R): R {
  const outer = running.level;
  const level = newLevel(name);
  running.level = level;
  try {
    return body(level);
  } finally {
    running.level = outer;
    level.open = false;
    if (level.duals !== undefined) level.duals.open = false;
  }
}

/**
 * The level of numbers that `dual` makes here. They share one ε: there is one such level outside all
 * transforms, and one inside each call of a transform. The latter is above the transform's own level, so its
 * duals may be primals here.
 */
export function levelOfDuals(): Level {
  const { level } = running;
  level.duals ??= newLevel(level === program ? 'dual' : `dual in ${level.name}`);
  return level.duals;
}

/**
 * Whether a transform is running, so that a function may close over a tensor being differentiated or traced.
 */
export function isUnderTransform(): boolean {
  return running.level !== program;
}

/** The number of dual numbers made outside all transforms. A function may close over any that are new. */
export function dualsOutside(): number {
  return program.duals?.made ?? 0;
}

/** @throws EscapedTangentError if the level has returned. */
export function requireOpen(level: Level, operation: string, what = 'a tangent'): void {
  if (level.open) return;
  const call = level.name.replace(/^dual in /, '');
  throw new EscapedTangentError(
    `${operation}: ${what} of ${level.name} is used after ${call} returned; return it instead of storing it`,
  );
}

/** `jvp(loss)`, for messages. @throws ConfigurationError unless f is a function. */
export function callName(transform: string, f: { readonly name: string }): string {
  guard.argument(transform, 'what it is given first', f, guard.callable);
  return `${transform}(${f.name || 'f'})`;
}

function newLevel(name: string): Level {
  return { number: ++counter.last, name, open: true, made: 0 };
}
