import { EscapedTangentError, guard } from '../lib/index.ts';

/**
 * One run of a differentiation or trace. Numbers only grow, so the level of a call made inside another is higher than
 * the other's, whatever the caller closes over.
 */
export interface Level {
  readonly number: number;
  /** The user's call, for messages: `jvp(loss)`. */
  readonly name: string;
  open: boolean;
  /** The level of the numbers that `dual` makes while this level runs. It closes with this one. */
  duals?: Level;
  /** How many dual numbers of this level there have been. */
  made: number;
}

const counter = { last: 0 };

/** The program outside every transform. It is always open. */
const program: Level = { number: 0, name: 'the program', open: true, made: 0 };

/** The innermost transform that is running now. */
const running = { level: program };

/** Runs `body` in a new level that is closed on exit, also when `body` throws. */
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
 * The level of the numbers that `dual` makes here. All of them share one ε, so there is one such level outside all transforms and
 * one inside each call of a transform; that one is above the transform's own, so a dual of it may be a primal here.
 */
export function levelOfDuals(): Level {
  const { level } = running;
  level.duals ??= newLevel(level === program ? 'dual' : `dual in ${level.name}`);
  return level.duals;
}

/** Whether a transform is running, so that any function may close over a tensor that is being differentiated or traced. */
export function isUnderTransform(): boolean {
  return running.level !== program;
}

/** How many dual numbers there have been outside all transforms: a function may have come to close over any that is new. */
export function dualsOutside(): number {
  return program.duals?.made ?? 0;
}

/** @throws EscapedTangentError when the level has returned. */
export function requireOpen(level: Level, operation: string): void {
  if (level.open) return;
  const call = level.name.replace(/^dual in /, '');
  throw new EscapedTangentError(
    `${operation}: a tangent of ${level.name} is used after ${call} returned; return it instead of storing it`,
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
