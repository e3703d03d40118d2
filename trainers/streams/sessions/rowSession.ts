import { createEvaluation } from '../../evaluation/evaluation.ts';
import { normOf } from '../../evaluation/norm.ts';
import { createPairs } from '../../evaluation/trail.ts';
import { builtIn } from '../../registry/tables.ts';
import type { RowData, StreamConfig } from '../given/config.ts';
import { columnsOf, lagOf, type Row, timeOf } from '../reading/rows.ts';
import { categoryTarget, type SavedCategoryTarget } from '../targets/categoryTarget.ts';
import { numberTarget } from '../targets/numberTarget.ts';
import { categoryMembers, isNetworkIn, numberMembers, type OwnExpert } from '../targets/panelExperts.ts';
import { createRowCoder, type RowCoder } from '../targets/rowCoder.ts';
import type { SavedNumberTarget } from '../targets/savedNumbers.ts';
import type { Asked, IntervalReport, Target, Told } from '../targets/target.ts';
import { influenceNorms } from './influence.ts';
import { createLate } from './late.ts';
import { createStepper, makeLearner, outputAfter, type StreamLearner, vectorOf } from './network.ts';
import { createRhythm } from './rhythm.ts';
import { requireModels, requireRows, requireWaiting, type SavedRows } from './savedRows.ts';
import type { SavedSession, Session } from './session.ts';

export interface RowSession extends Session<Row> {
  readonly learner: StreamLearner;
  readonly coder: RowCoder;
  readonly target: Target;
  /** Whether the network is one of the experts. */
  readonly hasNetwork: boolean;
  /** Encodes a row as known when it comes, for predictions from rows that the session does not see. */
  know(row: Row): Row;
  /** Like `know`, but leaves the session unchanged. */
  peek(row: Row): Row;
  /** The questions whose answers are not yet known, oldest first. */
  readonly waiting: readonly Asked[];
  /**
   * The question after all rows so far, and optionally one more, with the network's output. There must be a
   * row. Leaves the session unchanged.
   */
  outlook(row?: Row): Outlook;
  /** The prediction after them. */
  foretold(row?: Row): Told;
  /** The time of the latest row in seconds, if rows have times. */
  readonly time: number | undefined;
  /** By how many seconds the clock of the latest row is ahead of UTC. */
  readonly offset: number;
  /** The expected times of the next rows in seconds; undefined before the first row, and if rows have no times. */
  timesAhead(steps: number): readonly number[] | undefined;
  /** Returns to the start state: the next row does not continue the earlier ones. */
  restart(): void;
  /** Returns what takes back all that `know`, and `see` and `note` of the target, have changed since. */
  mark(): () => void;
}

interface Outlook {
  readonly asked: Asked;
  readonly output: ArrayLike<number> | undefined;
}

/**
 * Learns to predict a column of the row `horizon` rows later; for 0, a column of the same row. The prediction
 * is the combination of several experts, of which the network is one.
 *
 * The learner is as many rows behind as the target is late, since it learns from a row when its target is
 * known. Predictions are made at once all the same, with the parameters of that moment: the network runs on
 * over the waiting rows, and this prediction is scored.
 * @param own experts besides the built-in ones.
 */
export function createRowSession(
  config: StreamConfig,
  data: RowData,
  saved?: SavedSession,
  own: readonly OwnExpert[] = [],
  tables = builtIn,
): RowSession {
  const rest = saved?.rest as SavedRows | undefined;
  if (rest !== undefined) requireRows(rest, data, isNetworkIn(config));
  return sessionOf(config, data, own, makeLearner(config, saved?.learner, tables), rest);
}

function sessionOf(
  config: StreamConfig,
  data: RowData,
  own: readonly OwnExpert[],
  learner: StreamLearner,
  rest: SavedRows | undefined,
): RowSession {
  const coder = createRowCoder(data, rest?.coder);
  const stepper = createStepper(learner, coder.categories === undefined ? 1 : data.categories, config.every);
  const target = targetOf(config, data, coder, own, rest?.models);
  const hasNetwork = isNetworkIn(config);
  const at = columnsOf(data).indexOf(data.target);
  const evaluation = createEvaluation(target.unit, target.names, config.recent, rest?.evaluation);
  const pairs = createPairs();
  const waiting: Asked[] = [...(rest?.waiting ?? [])];
  const late = createLate(data, rest?.late);
  const lag = lagOf(data);
  let time = rest?.time;
  let offset = rest?.offset ?? 0;
  const clock = () => (time === undefined ? undefined : time + offset);
  const rhythm = createRhythm(rest?.times);
  let records = rest?.records ?? 0;
  if (rest !== undefined) {
    requireModels(rest, data, hasNetwork ? learner.steps : undefined, evaluation.report().scored);
    requireWaiting(waiting, target, () =>
      target.ask(coder.complete(waiting[waiting.length - 1].input, clock()), coder.pause()),
    );
  }

  function answer(asked: Asked, row: Row): number | undefined {
    const answered = target.answer(asked, row, (goal) => {
      if (!hasNetwork) return undefined;
      const vector = vectorOf(asked.input, learner.dtype);
      if (goal === undefined) {
        learner.observe(vector);
        return undefined;
      }
      stepper.step(vector, typeof goal === 'number' ? goal : vectorOf(goal, learner.dtype));
      return stepper.output;
    });
    if (answered === undefined) return undefined;
    evaluation.add(answered.mark, records);
    pairs.add(...answered.pair);
    return answered.mark.scores[0];
  }

  const outputOf = (asked: readonly Asked[]) =>
    hasNetwork
      ? outputAfter(
          learner,
          asked.map(({ input }) => input),
        )
      : undefined;

  function outlook(row?: Row): Outlook {
    if (row === undefined) {
      const asked = waiting[waiting.length - 1];
      return { asked, output: asked.output ?? outputOf(waiting) };
    }
    const known = late.peek(row);
    const inputs = coder.encode(known, target.latest());
    if (lag === 0) {
      const asked = target.ask(inputs, coder.pause());
      return { asked, output: outputOf([asked]) };
    }
    const asked = target.askAfter(
      known,
      inputs,
      coder.pause(),
      waiting.length === lag ? waiting[0] : undefined,
    );
    return { asked, output: outputOf([...waiting, asked]) };
  }

  const saveRest = (times = rhythm.save()): SavedRows => ({
    coder: coder.save(),
    waiting: [...waiting],
    late: late.save(),
    ...(time === undefined ? {} : { time }),
    ...(offset === 0 ? {} : { offset }),
    ...(times.length > 0 && { times }),
    records,
    evaluation: evaluation.save(),
    models: target.save(),
  });

  return {
    learner,
    coder,
    target,
    hasNetwork,
    waiting,
    outlook,
    foretold(row) {
      const { asked, output } = outlook(row);
      return target.tell(asked, output);
    },
    unseen: coder.unseen,
    know: late.know,
    peek: late.peek,
    get time() {
      return time;
    },
    get offset() {
      return offset;
    },
    timesAhead(steps) {
      const now = clock();
      // Its clock is taken to stay as it is.
      return now === undefined
        ? undefined
        : rhythm.ahead(now, coder.pause() ?? 0, steps).map((ahead) => ahead - offset);
    },
    restart() {
      learner.resetState();
      waiting.length = 0;
      late.forget();
      target.forget();
    },
    mark() {
      const [unknown, past] = [late.mark(), target.mark()];
      return () => {
        unknown();
        past();
      };
    },
    advance(actual) {
      records++;
      const row = late.know(actual);
      if (data.timestamp !== undefined) {
        ({ time, offset } = timeOf(data, row));
        rhythm.add(time + offset);
      }
      if (lag === 0) {
        // The target itself may not be known yet; it is not an input.
        coder.learn(row.map((value, i) => (i === at ? null : value)));
        const score = answer(target.ask(coder.encode(row), coder.pause()), row);
        coder.learn(row.map((value, i) => (i === at ? value : null)));
        target.note(row);
        return score;
      }
      const score = waiting.length === lag ? answer(waiting.shift() as Asked, row) : undefined;
      const before = target.latest();
      target.note(row);
      coder.learn(row, before);
      const asked = target.ask(coder.encode(row, before), coder.pause());
      // One row behind, the learning step makes this prediction itself, from the same state and parameters.
      waiting.push(lag === 1 ? asked : target.withOutput(asked, outputOf([...waiting, asked])));
      return score;
    },
    report: () => ({
      ...evaluation.report(),
      weights: target.weights(),
      ...intervalOf(target),
      gradientNorm: normOf(learner.gradient),
    }),
    glimpse: () => ({ trail: target.trail(pairs), influence: influenceNorms(learner) }),
    save: () => ({ learner: learner.save(), rest: saveRest() }),
  };
}

function intervalOf(target: Target): { interval?: IntervalReport } {
  const interval = target.interval();
  return interval === undefined ? {} : { interval };
}

function targetOf(
  config: StreamConfig,
  data: RowData,
  coder: RowCoder,
  own: readonly OwnExpert[],
  saved: unknown,
): Target {
  if (data.categorical.includes(data.target))
    return categoryTarget(
      data,
      coder,
      categoryMembers(config, data, own),
      saved as SavedCategoryTarget | undefined,
    );
  return numberTarget(
    data,
    coder,
    numberMembers(config, data, own),
    config.coverage ?? 0.9,
    saved as SavedNumberTarget | undefined,
  );
}
