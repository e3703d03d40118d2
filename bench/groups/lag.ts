import { dataOf } from '../../lib/index.ts';
import {
  adam,
  attitude,
  createLearner,
  diagonal,
  type Estimator,
  frozen,
  rtrl,
  tbptt,
  uoro,
} from '../../trainers/index.ts';
import { median } from '../measure.ts';
import type { Options } from '../options.ts';
import { type Cell, digits, type Table } from '../report.ts';

const windows = [1, 2, 4, 8, 16, 32, 64, 100];
const rates = [1e-7, 3e-7, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3];

const contestants: readonly Estimator[] = [
  rtrl(),
  uoro(),
  diagonal(),
  frozen(),
  ...windows.map((window) => tbptt({ window })),
];

/** The root of the mean squared angle at the fixes of the second half, in radians, and µs of CPU a step. */
function fly(
  estimator: Estimator,
  rate: number,
  seed: number,
  steps: number,
): { angle: number; time: number } {
  const task = attitude({ seed });
  const learner = createLearner({
    model: task.model,
    loss: task.loss,
    estimator,
    optimizer: adam({ rate }),
    dtype: 'float64',
    seed,
  });
  const begin = process.cpuUsage().user;
  let [squares, fixes] = [0, 0];
  for (const { input, target } of task) {
    const { loss } = learner.step(input, target);
    if (learner.steps > steps / 2) {
      squares += loss;
      if (dataOf(target)[0] === 1) fixes++;
    }
    if (learner.steps === steps) break;
  }
  return { angle: Math.sqrt(squares / fixes), time: (process.cpuUsage().user - begin) / steps };
}

/**
 * A task that truncation cannot win: the bias of a gyroscope from one fix in about 400 steps. Each estimator has the
 * rate of the grid that suits it best, in the median of the seeds, and is then compared with RTRL at equal CPU time:
 * with as many steps as RTRL's time is enough for.
 */
export function lag({ effort }: Options, say: (text: string) => void): Table {
  const isQuick = effort.turn < 10;
  const steps = isQuick ? 4000 : 40_000;
  const seeds = isQuick ? [1, 2] : [1, 2, 3, 4, 5];
  const best = contestants.map((estimator) => {
    const tried = rates.map((rate) => {
      say(`lag: ${nameOf(estimator)}, rate ${rate}`);
      const flights = seeds.map((seed) => fly(estimator, rate, seed, steps));
      const angles = flights.map(({ angle }) => angle);
      return { rate, angles, middle: median(angles), time: median(flights.map(({ time }) => time)) };
    });
    const own = tried.reduce((a, b) => (b.middle < a.middle ? b : a));
    return { estimator, ...own, all: tried.map(({ middle }) => digits(middle)).join(' ') };
  });
  const [exact] = best;
  const equal = best.map(({ estimator, rate, angles, time }) => {
    if (estimator === exact.estimator) return { count: steps, angles };
    const count = Math.round((steps * exact.time) / time);
    say(`lag: ${nameOf(estimator)}, ${count} steps`);
    return { count, angles: seeds.map((seed) => fly(estimator, rate, seed, count).angle) };
  });
  return {
    group: 'lag',
    title: 'A lag beyond every window: the angle at a fix of the task attitude, radians',
    columns: [
      'estimator',
      'best rate',
      'median',
      'least..most',
      'µs a step',
      'steps in the time of RTRL',
      'median then',
      'minus that of RTRL, 95 %',
      'median at each rate',
    ],
    rows: best.map(({ estimator, rate, angles, middle, time, all }, at): Cell[] => [
      nameOf(estimator),
      rate.toExponential(0),
      middle,
      `${digits(Math.min(...angles))}..${digits(Math.max(...angles))}`,
      time,
      String(equal[at].count),
      median(equal[at].angles),
      estimator === exact.estimator
        ? ''
        : intervalOf(equal[at].angles.map((angle, i) => angle - exact.angles[i])),
      all,
    ]),
    notes: [
      `${seeds.length} seeds, ${steps} steps; Adam at the rates ${rates.map((rate) => rate.toExponential(0)).join(' ')}; the angles are those of the second half.`,
      'The interval is that of Student for the mean of the paired differences, a seed being a pair.',
    ],
  };
}

function nameOf({ name, settings: { window } }: Estimator): string {
  return name === 'tbptt' ? `TBPTT-${window}` : name.toUpperCase();
}

/** The 97.5th percentile of Student's t with 1 and 4 degrees of freedom. */
const student: Readonly<Record<number, number>> = { 1: 12.706, 4: 2.776 };

function intervalOf(differences: readonly number[]): string {
  const n = differences.length;
  const mean = differences.reduce((sum, each) => sum + each / n, 0);
  const variance = differences.reduce((sum, each) => sum + (each - mean) ** 2 / (n - 1), 0);
  const half = student[n - 1] * Math.sqrt(variance / n);
  return `${digits(mean - half)}..${digits(mean + half)}`;
}
