import type { RowData } from '../given/config.ts';
import { lagOf, type Row } from '../reading/rows.ts';
import type { Asked, Told } from '../targets/target.ts';
import { vectorOf, type Walker, walk } from './network.ts';
import type { RowSession } from './rowSession.ts';

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
  if (fresh) session.restart();
  return learn ? learning(data, session) : fixed(data, session);
}

function learning(data: RowData, session: RowSession): RowPredictor {
  const { coder } = session;
  return (row) => {
    const current = coder.targetOf(row);
    // For the same row, predict before learning, whose scale it uses; for a later one, after.
    const same = lagOf(data) === 0 ? session.foretold(row) : undefined;
    session.advance(row);
    return { ...(same ?? session.foretold()), current };
  };
}

function fixed(data: RowData, session: RowSession): RowPredictor {
  const { coder, target } = session;
  const take = follow(data, session, walk(session.learner), target.tell);
  return (row) => {
    const current = coder.targetOf(row);
    return { ...take(row), current };
  };
}

/**
 * Takes rows without learning from them, and says something of the question after each.
 * @param walker at the state of the session's network.
 */
export function follow<T>(
  data: RowData,
  session: RowSession,
  walker: Walker,
  say: (asked: Asked, output: ArrayLike<number> | undefined) => T,
): (row: Row) => T {
  const { learner, coder, target, hasNetwork } = session;
  const outputOf = ({ input }: Asked) =>
    hasNetwork ? walker.step(vectorOf(input, learner.dtype)) : undefined;
  const lag = lagOf(data);
  // The learner is behind: it has not seen the rows that wait for their targets.
  const waiting = [...session.waiting];
  for (const asked of waiting) outputOf(asked);
  return (row) => {
    const known = session.know(row);
    const before = target.latest();
    if (lag > 0) {
      if (waiting.length === lag) target.see(waiting.shift() as Asked, known);
      target.note(known);
    }
    const asked = target.ask(coder.encode(known, before), coder.pause());
    const said = say(asked, outputOf(asked));
    if (lag > 0) waiting.push(asked);
    else {
      target.see(asked, known);
      target.note(known);
    }
    return said;
  };
}
