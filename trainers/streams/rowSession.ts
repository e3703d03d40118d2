import type { SavedCounts } from '../evaluation/counts.ts';
import { createEvaluation } from '../evaluation/evaluation.ts';
import { normOf } from '../evaluation/norm.ts';
import { createPairs } from '../evaluation/trail.ts';
import { categoryScores } from './categoryScores.ts';
import type { RowData, StreamConfig } from './config.ts';
import { influenceNorms } from './influence.ts';
import { createLate } from './late.ts';
import { createStepper, makeLearner, outputAfter, type StreamLearner, vectorOf } from './network.ts';
import { numberScores } from './numberScores.ts';
import { createRowCoder, type RowCoder } from './rowCoder.ts';
import { columnsOf, lagOf, type Row } from './rows.ts';
import { requireModels, requireRows, requireStandings, type SavedRows, type Waiting } from './savedRows.ts';
import type { SavedSession, Session } from './session.ts';
import type { SavedNumberModels, SavedTargetModels, TargetScores } from './targetScores.ts';

export interface RowSession extends Session<Row> {
  readonly learner: StreamLearner;
  readonly coder: RowCoder;
  /** The latest known number of the target, and the meaning of an output. */
  readonly target: Pick<TargetScores, 'latest' | 'told' | 'note'>;
  /** Encodes a row as known when it comes, for predictions from rows that the session does not see. */
  know(row: Row): Row;
  /** Like `know`, but leaves the session unchanged. */
  peek(row: Row): Row;
  /** The inputs whose targets are not yet known, oldest first. */
  readonly waiting: readonly (readonly number[])[];
  /** The time of the latest row in seconds, if rows have times. */
  readonly time: number | undefined;
  /** Returns to the start state: the next row does not continue the earlier ones. */
  restart(): void;
}

/**
 * Learns to predict a column of the row `horizon` rows later; for 0, a column of the same row.
 *
 * The learner is as many rows behind as the target is late, since it learns from a row when its target is
 * known. Predictions are made at once all the same, with the parameters of that moment: the network runs on
 * over the waiting rows, and this prediction is scored.
 */
export function createRowSession(config: StreamConfig, data: RowData, saved?: SavedSession): RowSession {
  const rest = saved?.rest as SavedRows | undefined;
  if (rest !== undefined) requireRows(rest, data);
  const learner = makeLearner(config, saved?.learner);
  const coder = createRowCoder(data, rest?.coder);
  const stepper = createStepper(learner, coder.categories === undefined ? 1 : data.categories);
  const target = judge(data, coder, rest?.models);
  const at = columnsOf(data).indexOf(data.target);
  const evaluation = createEvaluation(target.unit, target.names, config.recent, rest?.evaluation);
  const pairs = createPairs();
  const waiting: Waiting[] = [...(rest?.waiting ?? [])];
  const late = createLate(data, rest?.late);
  const lag = lagOf(data);
  let time = rest?.time;
  let records = rest?.records ?? 0;
  if (rest !== undefined) {
    requireModels(rest, data, learner.steps, evaluation.report().scored);
    requireStandings(waiting, target);
  }

  function learn({ input, standing, output }: Waiting, row: Row): number | undefined {
    const vector = vectorOf(input, learner.dtype);
    const goal = target.goalOf(row, standing);
    if (goal === undefined) {
      learner.observe(vector);
      return undefined;
    }
    stepper.step(vector, typeof goal === 'number' ? goal : vectorOf(goal, learner.dtype));
    const said = output ?? stepper.output;
    const mark = target.score(standing, said, row);
    if (mark === undefined) return undefined;
    evaluation.add(mark, records);
    pairs.add(...target.pairOf(mark, standing, said, row));
    return mark.scores[0];
  }

  return {
    learner,
    coder,
    target,
    get waiting() {
      return inputsOf(waiting);
    },
    unseen: coder.unseen,
    know: late.know,
    peek: late.peek,
    get time() {
      return time;
    },
    restart() {
      learner.resetState();
      waiting.length = 0;
      late.forget();
      target.forget();
    },
    advance(actual) {
      records++;
      const row = late.know(actual);
      if (data.timestamp !== undefined) time = row[row.length - 2] as number;
      if (lag === 0) {
        const standing = target.standing();
        // The target itself may not be known yet; it is not an input.
        coder.learn(row.map((value, i) => (i === at ? null : value)));
        const score = learn({ input: coder.encode(row), standing }, row);
        coder.learn(row.map((value, i) => (i === at ? value : null)));
        target.note(row);
        return score;
      }
      const score = waiting.length === lag ? learn(waiting.shift() as Waiting, row) : undefined;
      const before = target.latest();
      target.note(row);
      coder.learn(row, before);
      const input = coder.encode(row, before);
      const standing = target.standing();
      waiting.push({ input, standing });
      // One row behind, the learning step makes this prediction itself, from the same state and parameters.
      if (lag > 1)
        waiting[waiting.length - 1] = {
          input,
          standing,
          output: [...outputAfter(learner, inputsOf(waiting))],
        };
      return score;
    },
    report: () => ({ ...evaluation.report(), gradientNorm: normOf(learner.gradient) }),
    glimpse: () => ({ trail: target.trail(pairs), influence: influenceNorms(learner) }),
    save: () => ({
      learner: learner.save(),
      rest: {
        coder: coder.save(),
        waiting: [...waiting],
        late: late.save(),
        ...(time === undefined ? {} : { time }),
        records,
        evaluation: evaluation.save(),
        models: target.save(),
      } satisfies SavedRows,
    }),
  };
}

function judge(data: RowData, coder: RowCoder, saved: SavedTargetModels | undefined): TargetScores {
  if (data.categorical.includes(data.target))
    return categoryScores(data, coder, saved as readonly SavedCounts[] | undefined);
  return numberScores(data, coder, saved as SavedNumberModels | undefined);
}

function inputsOf(waiting: readonly Waiting[]): (readonly number[])[] {
  return waiting.map(({ input }) => input);
}
