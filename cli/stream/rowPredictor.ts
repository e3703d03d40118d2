import type { RowData } from './config.ts';
import { bitsOf, mostProbable } from './logits.ts';
import { outputAfter, vectorOf, type Walker, walk } from './network.ts';
import type { RowCoder } from './rowCoder.ts';
import type { RowSession } from './rowSession.ts';
import { lagOf, type Row } from './rows.ts';

/** What is said after a row of the target `horizon` rows later. */
export interface RowPrediction {
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
  const walker = walk(learner);
  // The learner is behind: the rows that wait for their targets have not been seen by it.
  see(walker, session, session.waiting);
  return (row) => {
    const current = coder.targetOf(row);
    if (!learn) return { ...told(coder, see(walker, session, [coder.encode(session.know(row))])), current };
    // Of the same row, the prediction comes before the learning, of which its scale is a part; of a later one, after it.
    const same = lagOf(data) === 0 ? told(coder, outlook(session, row)) : undefined;
    session.advance(row);
    return { ...(same ?? told(coder, outlook(session))), current };
  };
}

/** The network's output after all rows so far, and one more; the session stays as it is. There has to be a row. */
export function outlook(session: RowSession, row?: Row): Float64Array {
  const { learner, coder, waiting } = session;
  const inputs = row === undefined ? waiting : [...waiting, coder.encode(session.peek(row))];
  return outputAfter(learner, inputs);
}

/** What an output says of the target. */
export function told({ numbers, categories }: RowCoder, output: Float64Array): Omit<RowPrediction, 'current'> {
  if (numbers !== undefined) return { prediction: numbers.denormalize(output[0]) };
  const best = mostProbable(output);
  return { prediction: categories?.entryAt(best) ?? null, probability: 2 ** -bitsOf(output, best) };
}

function see(walker: Walker, { learner }: RowSession, inputs: readonly (readonly number[])[]): Float64Array {
  return inputs.map((input) => walker.step(vectorOf(input, learner.dtype))).at(-1) as Float64Array;
}
