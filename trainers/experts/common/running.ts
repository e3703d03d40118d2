import { requireEntries, requireLength, requireNumbers, requireSame } from '../../evaluation/saved.ts';
import type { Expert } from './expert.ts';
import type { Mixer } from './mixer.ts';
import { requireState } from './ownExpert.ts';
import { type Plain, plainOf, type Table } from './tables.ts';

/** An expert with its state. */
export interface Running<Question, Prediction, Answer> {
  readonly name: string;
  predict(question: Question): Prediction;
  update(question: Question, answer: Answer): void;
  save(): Plain;
}

/** @throws DataError unless the saved state is one of this expert. */
export function running<Question, Prediction, Answer, State>(
  expert: Expert<Question, Prediction, Answer, State>,
  saved: Plain | undefined,
): Running<Question, Prediction, Answer> {
  let state = restored(`the expert ${expert.name}`, expert.init(), saved, expert.check, expert.completed);
  return {
    name: expert.name,
    predict: (question) => expert.predict(state, question),
    update(question, answer) {
      state = requireState(expert.name, expert.update(state, question, answer));
    },
    save: () => plainOf(state, expert.name, listed),
  };
}

/** A mixer with its state. */
export interface RunningMixer<Prediction, Answer> {
  combine(predictions: readonly Prediction[]): Prediction;
  update(predictions: readonly Prediction[], combined: Prediction, answer: Answer): void;
  weights(): readonly number[];
  save(): Plain;
}

/** @throws DataError unless the saved state is one of this mixer. */
export function runningMixer<Prediction, Answer, State>(
  mixer: Mixer<Prediction, Answer, State>,
  saved: Plain | undefined,
): RunningMixer<Prediction, Answer> {
  let state = restored('the combination', mixer.init(), saved, mixer.check, mixer.completed);
  return {
    combine: (predictions) => mixer.combine(state, predictions),
    update(predictions, combined, answer) {
      state = mixer.update(state, predictions, combined, answer);
    },
    weights: () => mixer.weights(state),
    save: () => plainOf(state, 'the combination', listed),
  };
}

const listed = (table: Table) => Array.from(table);

/** JSON writes no infinity, but reads 1e999 as one. */
const most = Number.MAX_VALUE;

/** A state that has the structure of the initial one. */
function restored<State>(
  what: string,
  initial: State,
  saved: Plain | undefined,
  check?: (state: State) => void,
  completed: (saved: Plain) => Plain = (saved) => saved,
): State {
  if (saved === undefined) return initial;
  const state = alike(what, initial, completed(saved));
  check?.(state);
  return state;
}

/**
 * A copy of saved data with the structure of an example: typed arrays, lists and records with the same
 * entries. Where the example is empty, any list or record.
 */
function alike<T>(what: string, example: T, saved: unknown): T;
function alike(what: string, example: unknown, saved: unknown): unknown {
  if (ArrayBuffer.isView(example)) {
    const length = (example as Float64Array).length;
    requireLength(what, saved, length);
    requireNumbers(what, saved as readonly unknown[], most);
    const copy = (example as Float64Array).slice();
    copy.set(saved as readonly number[]);
    return copy;
  }
  if (Array.isArray(example)) {
    const { length } = example;
    requireLength(what, saved, length, length === 0 ? Number.MAX_SAFE_INTEGER : length);
    return (saved as readonly unknown[]).map((entry, i) =>
      length === 0 ? plain(what, entry) : alike(what, example[i], entry),
    );
  }
  if (typeof example === 'object' && example !== null) {
    const keys = Object.keys(example);
    if (keys.length === 0) {
      requireEntries(what, saved, [], Object.keys(saved ?? {}));
      return plain(what, saved);
    }
    requireEntries(what, saved, keys);
    const [own, record] = [example as Record<string, unknown>, saved as Record<string, unknown>];
    return Object.fromEntries(keys.map((key) => [key, alike(what, own[key], record[key])]));
  }
  if (example !== null) requireSame(`the type of a part of ${what}`, typeof saved, typeof example);
  return plain(what, saved);
}

/** A copy of JSON data with finite numbers. */
function plain(what: string, value: unknown): Plain {
  if (typeof value === 'number') requireNumbers(what, [value], most);
  if (Array.isArray(value)) return value.map((entry) => plain(what, entry));
  if (typeof value !== 'object' || value === null) return value as Plain;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(what, entry)]));
}
