import { normOf } from '../training/metrics.ts';
import type { RowData, StreamConfig } from './config.ts';
import { makeLearner, numbersOf, type StreamLearner, vectorOf, walk } from './network.ts';
import { createRowCoder, type RowCoder, type SavedCoder } from './rowCoder.ts';
import type { Row } from './rows.ts';
import { requireLength, requireNumbers } from './saved.ts';
import { createScores, type Scores } from './scores.ts';
import type { SavedSession, Session } from './session.ts';
import type { SavedTally } from './tally.ts';
import { createTargetScores, type SavedTargetModels, type Standing, type TargetScores } from './targetScores.ts';

export interface RowSession extends Session<Row> {
  readonly learner: StreamLearner;
  readonly coder: RowCoder;
  /** The inputs whose targets are not known yet, the oldest first. */
  readonly waiting: readonly (readonly number[])[];
  /** Back to the start state: what comes next does not follow on what came before. */
  restart(): void;
}

/** A row whose target is `horizon` rows ahead, with what could be said of it when the row was the latest. */
interface Waiting {
  readonly input: readonly number[];
  readonly standing: Standing;
  /** The output of the network, where it cannot be had again from the step that learns. */
  readonly output?: readonly number[];
}

interface SavedRest {
  readonly coder: SavedCoder;
  readonly waiting: readonly Waiting[];
  readonly scores: readonly SavedTally[];
  readonly models: SavedTargetModels;
}

/**
 * Learns to predict a column of the row that comes `horizon` rows later; the column of the same row for 0.
 *
 * The learner is `horizon` rows behind, since it learns from a row when its target has come. A prediction is made at once all the
 * same, from what was learnt by then: the network runs on over the rows that wait, and this is what is scored.
 */
export function createRowSession(config: StreamConfig, data: RowData, saved?: SavedSession): RowSession {
  const rest = saved?.rest as SavedRest | undefined;
  const learner = makeLearner(config, saved?.learner);
  const coder = createRowCoder(data, rest?.coder);
  const target: TargetScores = createTargetScores(data, coder, rest?.models);
  const scores: Scores = createScores(target.names, config.recent, rest?.scores);
  const waiting: Waiting[] = [...(rest?.waiting ?? [])];
  for (const { input, standing, output } of waiting) {
    requireLength('a row that waits', input, coder.inputs);
    requireNumbers('a row that waits', [...input, ...(output ?? [])]);
    requireNumbers('what a row is compared with', [standing.latest ?? 0, standing.mean, standing.deviation], 1e120);
  }

  function learn({ input, standing, output }: Waiting, row: Row): void {
    const vector = vectorOf(input, learner.dtype);
    const goal = target.goalOf(row);
    if (goal === undefined) {
      learner.observe(vector);
      return;
    }
    const stepped = learner.step(vector, typeof goal === 'number' ? goal : vectorOf(goal, learner.dtype));
    const marks = target.score(standing, output ?? numbersOf(stepped.output), row);
    if (marks !== undefined) scores.add(marks);
  }

  return {
    learner,
    coder,
    get waiting() {
      return waiting.map(({ input }) => input);
    },
    restart() {
      learner.resetState();
      waiting.length = 0;
    },
    advance(row) {
      if (data.horizon === 0) {
        const standing = target.standing();
        // Of the target itself nothing may be known yet; it is not one of the inputs.
        coder.learn(target.without(row));
        learn({ input: coder.encode(row), standing }, row);
        coder.learn(target.only(row));
        return target.note(row);
      }
      if (waiting.length === data.horizon) learn(waiting.shift() as Waiting, row);
      target.note(row);
      coder.learn(row);
      const input = coder.encode(row);
      const standing = target.standing();
      waiting.push({ input, standing });
      // With a horizon of 1, the step that learns makes this prediction from the same state and parameters.
      if (data.horizon > 1) waiting[waiting.length - 1] = { input, standing, output: ahead(learner, waiting) };
    },
    report: () => ({
      unit: target.unit,
      scored: scores.count,
      figures: scores.figures(),
      gradientNorm: normOf(learner.gradient),
    }),
    save: () => ({
      learner: learner.save(),
      rest: { coder: coder.save(), waiting: [...waiting], scores: scores.save(), models: target.save() } satisfies SavedRest,
    }),
  };
}

/** The output after all rows that wait. */
function ahead(learner: StreamLearner, waiting: readonly Waiting[]): number[] {
  const walker = walk(learner);
  return waiting.map(({ input }) => walker.step(vectorOf(input, learner.dtype))).map((output) => [...output])[waiting.length - 1];
}
