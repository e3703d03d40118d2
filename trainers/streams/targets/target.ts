import type { Mark } from '../../evaluation/evaluation.ts';
import type { Unit } from '../../evaluation/scores.ts';
import type { Pairs, Trail } from '../../evaluation/trail.ts';
import type { Row } from '../reading/rows.ts';

/** A question about the target that has no answer yet, as plain data. */
export interface Asked {
  /** The input of the network. */
  readonly input: readonly number[];
  /** The output of the network at that time, if the learning step will not produce it again. */
  readonly output?: readonly number[];
}

/** The prediction of a target. */
export interface Told {
  /** A number in the unit of the column, or a category; null for all without their own index. */
  readonly prediction: number | string | null;
  /** The probability of the category. */
  readonly probability?: number;
  /** The interval around a number; null while too few outcomes are known for its coverage. */
  readonly low?: number | null;
  readonly high?: number | null;
}

/** How the intervals have fared. */
export interface IntervalReport {
  /** The share of outcomes that they are to hold. */
  readonly stated: number;
  /** The share that they held, of `count`. */
  readonly held: number;
  readonly count: number;
  /** The half-width of the next one; null while it is not known. */
  readonly radius: number | null;
}

/** The outcome that came with an answer. */
interface Answered {
  readonly mark: Mark;
  /** The target and its prediction: two numbers and the half-width of the interval, or a category and its probability. */
  readonly pair: readonly [came: number, said: number, radius?: number | null];
}

/** Takes a learning step of the network, if there is a goal. Returns its output, from before the step. */
type Learn = (goal: number | readonly [number] | undefined) => ArrayLike<number> | undefined;

/** Predicts a column with a panel of experts: asks, tells, and learns from answers. */
export interface Target<A extends Asked = Asked> {
  readonly unit: Unit;
  readonly names: readonly string[];
  /**
   * The question after the rows so far.
   * @param inputs the latest row, as encoded.
   * @param pause the typical pause between rows in seconds, if rows have times.
   */
  ask(inputs: readonly number[], pause: number | undefined): A;
  /** The question after a further row, which changes nothing. @param oldest whose answer comes with the row. */
  askAfter(row: Row, inputs: readonly number[], pause: number | undefined, oldest: A | undefined): A;
  /** The question with the output of the network of now, for an answer that comes later. */
  withOutput(asked: A, output: ArrayLike<number> | undefined): A;
  /** The prediction. @param output of the network; undefined where it is not among the experts. */
  tell(asked: A, output: ArrayLike<number> | undefined): Told;
  /** The probabilities of all categories; undefined for a number. */
  probabilities(asked: A, output: ArrayLike<number> | undefined): readonly number[] | undefined;
  /** Scores the predictions and learns; undefined if the target is missing, or there was nothing to predict. */
  answer(asked: A, row: Row, learn: Learn): Answered | undefined;
  /** Sees the answer without learning from it. */
  see(asked: A, row: Row): void;
  /** The latest known number, with this row or without one; undefined if there is none. */
  latest(row?: Row): number | undefined;
  /** Notes the target of a row, after its answer. */
  note(row: Row): void;
  /** The next row does not continue the earlier ones. */
  forget(): void;
  /** Returns what takes back all that `see` and `note` have changed since; as often as it is called. */
  mark(): () => void;
  weights(): Readonly<Record<string, number>>;
  /** Undefined for categories, which have probabilities instead. */
  interval(): IntervalReport | undefined;
  /** The sizes of the latest errors of predicted numbers. */
  errors(): readonly number[];
  trail(pairs: Pairs): Trail;
  /** @throws DataError for a value from a checkpoint that `ask` cannot have returned. */
  requireOwn(asked: A): void;
  save(): unknown;
}
