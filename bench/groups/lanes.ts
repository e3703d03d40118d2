import { type Lanes, learnerOfLanes, streamOf } from '../lanes.ts';
import { cpuClock, interleave, ratio } from '../measure.ts';
import type { Options } from '../options.ts';
import type { EstimatorName } from '../problem.ts';
import { type Cell, type Table, times } from '../report.ts';

const counts = [1, 8, 32] as const;

/** Lanes as one batch: the time of a lane among several, against one alone. */
export function lanes({ estimators, effort }: Options, say: (text: string) => void): Table {
  const rows = (['uoro', 'tbptt-16'] as const satisfies readonly EstimatorName[])
    .filter((estimator) => estimators.includes(estimator))
    .flatMap((estimator): Cell[][] => {
      say(`lanes: ${estimator}`);
      const runners = counts.map((count) => {
        const own: Lanes = {
          cell: 'gru',
          units: 64,
          estimator,
          optimizer: 'sgd',
          dtype: 'float32',
          lanes: count,
        };
        const problem = streamOf(own);
        const { name, run } = learnerOfLanes(problem);
        // One call is a whole period, of all lanes.
        return { name, window: problem.period * count, run: (n: number) => run(n * problem.period) };
      });
      const timings = interleave(runners, effort, cpuClock);
      return counts.map((count, i) => [
        `gru 64 ${estimator} sgd, ${count === 1 ? 'one lane' : `${count} lanes`}`,
        timings[i],
        count === 1 ? '' : times(ratio(timings[i], timings[0])),
      ]);
    });
  return {
    group: 'lanes',
    title: 'Lanes as one batch: µs of CPU per step of one lane',
    columns: ['case', 'µs per step and lane', 'against one alone'],
    rows,
  };
}
