import { ConfigurationError, DataError, guard, NonFiniteError } from '../../../lib/index.ts';
import { combination, withoutNetwork } from './names.ts';

/** The names in the tables that no expert of one's own can have. */
const taken = [combination, withoutNetwork];

/** A name in a sentence, of one line. */
const told = (name: string) => name.slice(0, 60).replace(/\p{Cc}/gu, ' ');

/** @throws ConfigurationError for a name that an expert of one's own cannot have. */
export function requireOwnName(name: string, builtIn: readonly string[]): void {
  if (builtIn.includes(name))
    throw new ConfigurationError(
      `${name} is the name of an expert that is built in: give yours another, or name that one as a text`,
    );
  if (!/^[A-Za-z][\w -]{0,39}$/.test(name) || taken.includes(name) || /^order \d$/.test(name))
    throw new ConfigurationError(
      `${told(name)} cannot be the name of an expert: it needs a letter first, and letters, digits, spaces, - and _ after that, up to 40`,
    );
}

/**
 * A name without an expert.
 * @param what is predicted. @param model the end of the names of the functions that take own experts.
 */
export function noExpert(
  name: string,
  what: string,
  builtIn: readonly string[],
  model: 'Model' | 'TextModel',
): ConfigurationError {
  return new ConfigurationError(
    `${told(name)} is none of the experts for ${what}, which are ${builtIn.join(', ')}; one of your own is given as an object, to create${model} and again to restore${model}`,
  );
}

/** How far the sum of probabilities may be from 1. */
const tolerance = 1e-6;

/** @throws DataError unless there is one of each symbol or category, and they sum to 1. */
export function requireProbabilities(
  name: string,
  said: unknown,
  count: number,
  what: 'symbol' | 'category',
): asserts said is ArrayLike<number> {
  if (!guard.isList(said) || said.length !== count)
    throw new DataError(`the expert ${name} must predict a list of ${count} probabilities, one a ${what}`);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const probability = said[i];
    if (typeof probability !== 'number' || !(probability >= 0))
      throw new DataError(
        `the expert ${name} predicts ${String(probability)} for ${what} ${i}: no probability`,
      );
    sum += probability;
  }
  if (!(Math.abs(sum - 1) < tolerance))
    throw new DataError(`the expert ${name} predicts probabilities that sum to ${sum}, and not to 1`);
}

/** The largest prediction: its squared error is finite. */
export const largestPrediction = 1e120;

/** @throws NonFiniteError unless it is a number of usual size. */
export function requireNumber(name: string, said: unknown): number {
  if (typeof said === 'number' && Math.abs(said) <= largestPrediction) return said;
  throw new NonFiniteError(
    `the expert ${name} predicts ${String(said)}, and must predict a number from ${-largestPrediction} to ${largestPrediction}`,
  );
}

/** @throws DataError for a state that an update forgot to return, or promises. */
export function requireState<State>(name: string, state: State): State {
  if (state === undefined || state instanceof Promise)
    throw new DataError(
      `the expert ${name} must return its state from update, ${state === undefined ? 'and returns nothing' : 'and returns a Promise; it is not asynchronous'}`,
    );
  return state;
}
