import type { RowData } from './config.ts';
import { outputAfter, vectorOf, type Walker, walk } from './network.ts';
import type { RowSession } from './rowSession.ts';
import { lagOf, type Row } from './rows.ts';
import type { Told } from './targetScores.ts';

/** What is said after a row of the target `horizon` rows later. */
interface RowPrediction extends Told {
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
  const { learner, coder, target } = session;
  if (fresh) session.restart();
  const walker = walk(learner);
  // The learner is behind: the rows that wait for their targets have not been seen by it.
  see(walker, session, session.waiting);
  return (row) => {
    const current = coder.targetOf(row);
    if (!learn) {
      const known = session.know(row);
      const output = see(walker, session, [coder.encode(known, target.latest())]);
      const told = target.told(output, target.latest(known));
      target.note(known);
      return { ...told, current };
    }
    // Of the same row, the prediction comes before the learning, of which its scale is a part; of a later one, after it.
    const same = lagOf(data) === 0 ? foretold(session, row) : undefined;
    session.advance(row);
    return { ...(same ?? foretold(session)), current };
  };
}

/** What is said of the target after all rows so far, and one more; the session stays as it is. There has to be a row. */
export function foretold(session: RowSession, row?: Row): Told {
  const { target } = session;
  return target.told(outlook(session, row), target.latest(row && session.peek(row)));
}

/** The network's output after all rows so far, and one more; the session stays as it is. There has to be a row. */
export function outlook(session: RowSession, row?: Row): Float64Array {
  const { learner, coder, waiting, target } = session;
  const inputs = row === undefined ? waiting : [...waiting, coder.encode(session.peek(row), target.latest())];
  return outputAfter(learner, inputs);
}

function see(walker: Walker, { learner }: RowSession, inputs: readonly (readonly number[])[]): Float64Array {
  return inputs.map((input) => walker.step(vectorOf(input, learner.dtype))).at(-1) as Float64Array;
}
