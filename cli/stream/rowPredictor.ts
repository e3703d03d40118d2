import type { RowData } from './config.ts';
import { vectorOf, type Walker, walk } from './network.ts';
import type { RowSession } from './rowSession.ts';
import { lagOf, type Row } from './rows.ts';
import { bitsOf } from './targetScores.ts';

/** What is said after a row of the target `horizon` rows later. */
interface RowPrediction {
  /** A number in the unit of the column, or a category; null for all categories that have no index of their own. */
  readonly prediction: number | string | null;
  /** Of the category. */
  readonly probability?: number;
  /** The target of this row itself. */
  readonly current: number | string | null;
}

export type RowPredictor = (row: Row) => RowPrediction;

/** Predictions that go on where the training ended, or from the start state. With learning, the session learns on. */
export function rowPredictor(
  data: RowData,
  session: RowSession,
  { learn, fresh }: { readonly learn: boolean; readonly fresh: boolean },
): RowPredictor {
  const { learner, coder } = session;
  if (fresh) session.restart();
  const see = (walker: Walker, inputs: readonly (readonly number[])[]) =>
    inputs.map((input) => walker.step(vectorOf(input, learner.dtype))).at(-1) as Float64Array;
  const walker = walk(learner);
  // The learner is behind: the rows that wait for their targets have not been seen by it.
  see(walker, session.waiting);
  return (row) => {
    const current = coder.targetOf(row);
    if (!learn) return { ...told(see(walker, [coder.encode(session.know(row))])), current };
    // Of the same row, the prediction comes before the learning; of a later one, after it.
    const same = lagOf(data) === 0 ? see(walk(learner), [coder.encode(row)]) : undefined;
    session.advance(row);
    return { ...told(same ?? see(walk(learner), session.waiting)), current };
  };

  function told(output: Float64Array): Omit<RowPrediction, 'current'> {
    if (coder.numbers !== undefined) return { prediction: coder.numbers.denormalize(output[0]) };
    const best = output.indexOf(Math.max(...output));
    return { prediction: coder.categories?.entryAt(best) ?? null, probability: 2 ** -bitsOf(output, best) };
  }
}
