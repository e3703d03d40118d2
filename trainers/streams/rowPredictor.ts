import type { RowData } from './config.ts';
import { outputAfter, vectorOf, type Walker, walk } from './network.ts';
import type { RowSession } from './rowSession.ts';
import { lagOf, type Row } from './rows.ts';
import type { Told } from './targetScores.ts';

/** The prediction, after a row, of the target `horizon` rows later. */
interface RowPrediction extends Told {
  /** The target of this row itself. */
  readonly current: number | string | null;
}

export type RowPredictor = (row: Row) => RowPrediction;

/**
 * Predictions that continue where the training ended, or from the start state. With learning, the session
 * keeps learning.
 */
export function rowPredictor(
  data: RowData,
  session: RowSession,
  { learn, fresh }: { readonly learn: boolean; readonly fresh: boolean },
): RowPredictor {
  const { learner, coder, target } = session;
  if (fresh) session.restart();
  const walker = walk(learner);
  // The learner is behind: it has not seen the rows that wait for their targets.
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
    // For the same row, predict before learning, whose scale it uses; for a later one, after.
    const same = lagOf(data) === 0 ? foretold(session, row) : undefined;
    session.advance(row);
    return { ...(same ?? foretold(session)), current };
  };
}

/**
 * The prediction of the target after all rows so far, and optionally one more. There must be a row. Leaves
 * the session unchanged.
 */
export function foretold(session: RowSession, row?: Row): Told {
  const { target } = session;
  return target.told(outlook(session, row), target.latest(row && session.peek(row)));
}

/**
 * The network's output after all rows so far, and optionally one more. There must be a row. Leaves the
 * session unchanged.
 */
export function outlook(session: RowSession, row?: Row): Float64Array {
  const { learner, coder, waiting, target } = session;
  const inputs = row === undefined ? waiting : [...waiting, coder.encode(session.peek(row), target.latest())];
  return outputAfter(learner, inputs);
}

function see(walker: Walker, { learner }: RowSession, inputs: readonly (readonly number[])[]): Float64Array {
  return inputs.map((input) => walker.step(vectorOf(input, learner.dtype))).at(-1) as Float64Array;
}
