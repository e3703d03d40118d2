/** One time step of a task: the input, and the target that the learner sees afterwards. */
export interface Example<X, Y> {
  readonly input: X;
  readonly target: Y;
}

/** Examples from outside, as they arrive. It may end, and can be read again only if its source can. */
export interface Feed<X, Y> extends AsyncIterable<Example<X, Y>> {
  readonly name: string;
}

/**
 * A stream of examples in memory: endless unless the task says otherwise, and the same each time it is read.
 *
 * `for (const { input, target } of task)` and `for await` yield the same examples. Each loop restarts the
 * stream from the task's seed; several may run side by side.
 */
export interface Task<X, Y> extends Feed<X, Y>, Iterable<Example<X, Y>> {
  /** The lowest mean loss that any learner can reach, in bits per step, if known in closed form. */
  readonly entropyRate?: number;
  /** The options in effect, for configurations. */
  readonly settings?: Readonly<Record<string, number | string>>;
}

/** The meaning of symbol indices. */
export interface Symbols {
  /** The number of symbols. Inputs and targets are class indices from 0 to symbols - 1. */
  readonly symbols: number;
  /** The printed form of each index. */
  readonly alphabet: readonly string[];
}

/** A task whose inputs and targets are class indices. */
export interface SymbolTask extends Task<number, number>, Symbols {}

/**
 * Returns the bits of each target, in order from the first one, under the process that makes the stream, given all
 * symbols before: no predictor knows more. Their mean over a sample is the lowest loss on that very sample.
 */
export type Surprisal = (target: number) => number;

/** Both ways of reading a task, from a function that starts the stream. */
export function readings<X, Y>(
  start: () => Iterator<Example<X, Y>>,
): Iterable<Example<X, Y>> & AsyncIterable<Example<X, Y>> {
  return {
    [Symbol.iterator]: start,
    async *[Symbol.asyncIterator]() {
      yield* { [Symbol.iterator]: start };
    },
  };
}

/** Pairs each symbol with the next one: next-symbol prediction. */
export function* nextSymbol(symbols: Iterable<number>): Generator<Example<number, number>, void, undefined> {
  let input: number | undefined;
  for (const target of symbols) {
    if (input !== undefined) yield { input, target };
    input = target;
  }
}
