import { crossEntropy, gru, linear, model } from '../../nn/index.ts';
import { adam, anbn, createLearner, createProbe, type Estimator, frozen } from '../../trainers/index.ts';
import { estimatorTable, makeEstimator, type Settings, usualOf } from '../../trainers/registry/index.ts';
import type { Options } from '../options.ts';
import { type Cell, digits, type Table } from '../report.ts';

const steps = 1000;
const units = 16;

/** Settings that have no default, and a stride of 1 where it is not. */
const settings: Readonly<Record<string, Settings>> = {
  rflo: { leak: 0.5 },
  tbptt: { window: 10, stride: 1 },
};

/**
 * Every estimator that has a name and a gradient for each step, against the exact gradient: along the trajectory of
 * one learner, by the probe. No number of it depends on the machine.
 */
export function biasTable(_: Options, say: (text: string) => void): Table {
  const rows = Object.keys(estimatorTable).flatMap((name): Cell[][] => {
    const estimator = makeEstimator({ ...usualOf(estimatorTable, name), ...settings[name] });
    if (estimator.stride > 1 || estimator.restarts) return [];
    say(`bias: ${name}`);
    return [[name, ...figures(estimator)]];
  });
  return {
    group: 'bias',
    title: `Every estimator with its defaults against the exact gradient: GRU ${units}, aⁿbⁿ(1,4), ${steps} steps`,
    columns: ['estimator', 'cosine', 'squared bias', 'variance'],
    rows,
  };
}

function figures(estimator: Estimator): string[] {
  const task = anbn({ min: 1, max: 4 });
  const learner = createLearner({
    model: model({ cell: gru({ inputs: task.symbols, units }), readout: linear({ outputs: task.symbols }) }),
    loss: crossEntropy,
    // Whatever it follows, the trajectory has to be the same for all, and long enough that the past counts.
    estimator: frozen(),
    optimizer: adam({ rate: 3e-3 }),
    seed: 1,
  });
  const probe = createProbe({ learner, estimators: { own: estimator } });
  let left = steps;
  for (const { input, target } of task) {
    probe.step(input, target);
    if (--left === 0) break;
  }
  const { cosine, squaredBias, variance, stopped } = probe.report().estimators.own;
  if (stopped !== undefined) return ['', '', stopped];
  return [cosine.toFixed(3), digits(squaredBias), digits(variance)];
}
