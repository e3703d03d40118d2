import type { Tree } from '../../lib/index.ts';
import { adam, createLearner, type Learner, type Optimizer, sgd } from '../../trainers/index.ts';
import { estimatorTable, makeEstimator, type Settings, usualOf } from '../../trainers/registry/index.ts';
import { cpuClock, interleave, type Runner, ratio } from '../measure.ts';
import type { Options } from '../options.ts';
import { type CellName, configOf, type OptimizerName, problemOf } from '../problem.ts';
import { type Cell, type Table, times } from '../report.ts';

/** The sizes at which the table is meant to be read; --sizes chooses among them. */
const wanted = [64, 128];

/** Settings that have no default. */
const settings: Readonly<Record<string, Settings>> = { rflo: { leak: 1 } };

/**
 * Every estimator that has a name, on the tanh RNN and the GRU: the compiled step, and the numbers that it
 * carries from step to step by its own account.
 */
export function estimatorGrid({ sizes, effort }: Options, say: (text: string) => void): Table {
  const cases = (['rnn', 'gru'] as const).flatMap((cell) =>
    wanted
      .filter((units) => sizes.includes(units) || !sizes.some((size) => wanted.includes(size)))
      .flatMap((units) => Object.keys(estimatorTable).map((name) => ({ cell, units, name }))),
  );
  const rows = cases.map(({ cell, units, name }): Cell[] => {
    say(`estimators: ${cell} ${units} ${name}`);
    const learners = (['sgd', 'adam'] as const).map((optimizer) => learnerOf(cell, units, name, optimizer));
    const other = learnerOf(cell, units, 'uoro', 'adam');
    const [sgd, adam, uoro] = interleave([...learners, other].map(runnerOf), effort, cpuClock);
    const memory = String(Math.round(learners[0].rule?.cost.memory ?? 0));
    return [`${cell} ${units} ${name}`, sgd, adam, times(ratio(adam, uoro)), memory];
  });
  return {
    group: 'estimators',
    title: 'Every estimator with its defaults, float32: µs of CPU per step',
    columns: ['cell, units, estimator', 'SGD', 'Adam', 'Adam, against uoro', 'numbers carried'],
    rows,
  };
}

type Own = Learner<Tree, Tree, number, number>;

function learnerOf(cell: CellName, units: number, name: string, optimizer: OptimizerName): Own {
  const config = configOf({ cell, estimator: 'uoro', optimizer, units, dtype: 'float32' });
  return createLearner({
    ...config,
    // So small that no estimator's noise, of which PES has the most, moves the parameters away.
    optimizer: (optimizer === 'sgd' ? sgd({ rate: 1e-9 }) : adam({ rate: 1e-9 })) as Optimizer,
    estimator: makeEstimator({ ...usualOf(estimatorTable, name), ...settings[name] }),
  });
}

/** Steps along the stream of the other tables. */
function runnerOf(learner: Own): Runner {
  const { stream, period } = problemOf({
    cell: 'rnn',
    estimator: 'uoro',
    optimizer: 'sgd',
    units: 1,
    dtype: 'float32',
  });
  const targets = stream.map((_, t) => stream[(t + 1) % period]);
  const losses = new Float64Array(period);
  let t = 0;
  return {
    name: learner.config.estimator.name,
    run(count) {
      for (const end = t + count; t < end; ) {
        const begin = t % period;
        const length = Math.min(period - begin, end - t);
        const [inputs, wanted] = [stream, targets].map((all) => all.subarray(begin, begin + length));
        learner.stepMany(inputs, wanted, losses);
        t += length;
      }
    },
  };
}
