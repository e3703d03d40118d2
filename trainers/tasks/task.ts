/** One time step of a task: what the learner sees, and what it is then told. */
export interface Example<X, Y> {
  readonly input: X;
  readonly target: Y;
}

/** Examples from outside, as they arrive. It may end, and can be read as often as what it reads from. */
export interface Feed<X, Y> extends AsyncIterable<Example<X, Y>> {
  readonly name: string;
}

/**
 * A stream of examples that is at hand: endless where the task does not say otherwise, and the same each time it is read.
 *
 * `for (const { input, target } of task)` and `for await` give the same examples; each loop starts the stream anew from the
 * seed of the task, and several may run side by side.
 */
export interface Task<X, Y> extends Feed<X, Y>, Iterable<Example<X, Y>> {
  /** The least mean loss that any learner can reach, in bits per step, where it is known in closed form. */
  readonly entropyRate?: number;
}

/** What indices of symbols stand for. */
export interface Symbols {
  /** How many symbols there are; inputs and targets are class indices from 0 to symbols - 1. */
  readonly symbols: number;
  /** What each index prints as. */
  readonly alphabet: readonly string[];
}

/** A task whose inputs and targets are class indices. */
export interface SymbolTask extends Task<number, number>, Symbols {}

/** The two ways of reading a task, both from one function that starts the stream. */
export function readings<X, Y>(start: () => Iterator<Example<X, Y>>): Omit<Task<X, Y>, 'name'> {
  return {
    [Symbol.iterator]: start,
    async *[Symbol.asyncIterator]() {
      yield* { [Symbol.iterator]: start };
    },
  };
}

/** Each symbol with the one that follows it: prediction of the next symbol. */
export function* nextSymbol(symbols: Iterable<number>): Generator<Example<number, number>, void, undefined> {
  let input: number | undefined;
  for (const target of symbols) {
    if (input !== undefined) yield { input, target };
    input = target;
  }
}
