import { add, div, mul, sign, sqrt, square } from '../../autodiff/index.ts';
import { type Tensor, type Tree, zipTrees } from '../../lib/index.ts';
import {
  adam,
  chain,
  clipByGlobalNorm,
  createLearner,
  intentional,
  type LearnerConfig,
  momentum,
  type Optimizer,
  rmsprop,
  sgd,
} from '../../trainers/index.ts';
import { cpuClock, interleave, ratio } from '../measure.ts';
import type { Options } from '../options.ts';
import { type Case, configOf, problemOf } from '../problem.ts';
import { type Cell, type Table, times } from '../report.ts';

const rate = 1e-3;
const own: Case = { cell: 'gru', estimator: 'uoro', optimizer: 'sgd', units: 64, dtype: 'float32' };

/** An optimiser as a user writes it, without memory: the update of a leaf, of its gradient and itself. */
function plainRule(name: string, rule: (gradient: Tensor, parameter: Tensor) => Tensor): Optimizer {
  return {
    name,
    settings: {},
    init: () => ({}),
    update: (gradient, memory, parameters) => ({
      update: zipTrees(gradient as Tree, parameters as Tree, rule, name) as typeof gradient,
      memory,
    }),
  };
}

/** The same with one tensor of memory for each parameter, which a rule returns beside the update. */
function ruleWithMemory(
  name: string,
  next: (memory: Tensor, gradient: Tensor) => Tensor,
  rule: (next: Tensor, gradient: Tensor) => Tensor,
): Optimizer<unknown> {
  return {
    name,
    settings: {},
    init: (parameters) => momentum({ rate }).init(parameters),
    update(gradient, memory) {
      const after = zipTrees(memory as Tree, gradient as Tree, next, name);
      return { update: zipTrees(after, gradient as Tree, rule, name) as typeof gradient, memory: after };
    },
  };
}

const decay = plainRule('weight decay', (g, w) => add(g, mul(w, 1e-5)));
const optimizers: Readonly<Record<string, Optimizer>> = {
  sgd: sgd({ rate }),
  'clip, sgd': chain(clipByGlobalNorm(1), sgd({ rate })),
  momentum: momentum({ rate }),
  rmsprop: rmsprop({ rate }),
  adam: adam({ rate }),
  'clip, adam': chain(clipByGlobalNorm(1), adam({ rate })),
  intentional: intentional(),
  'own: weight decay, then adam': chain(decay, adam({ rate })),
  'own: adam, then weight decay': chain(adam({ rate }), decay),
  'own: the sign': plainRule('signs', (g) => mul(sign(g), -rate)),
  'own: sums of squares': ruleWithMemory(
    'sums of squares',
    (sum, g) => add(sum, square(g)),
    (sum, g) => mul(div(g, add(sqrt(sum), 1e-8)), -rate),
  ),
  'own: Nesterov': ruleWithMemory(
    'nesterov',
    (velocity, g) => add(mul(velocity, 0.9), g),
    (velocity, g) => mul(add(mul(velocity, 0.9), g), -rate),
  ),
};

/** The time that optimisers add to a step of UORO. */
export function optimizerTable({ effort }: Options, say: (text: string) => void): Table {
  const { stream, period } = problemOf(own);
  const targets = Int32Array.from(stream, (_, t) => stream[(t + 1) % period]);
  const runners = Object.entries(optimizers).map(([name, optimizer]) => {
    const config: LearnerConfig<Tree, Tree, number, number> = { ...configOf(own), optimizer };
    const learner = createLearner(config);
    const losses = new Float64Array(period);
    const run = (count: number) => {
      for (let i = 0; i < count; i++) learner.stepMany(stream, targets, losses);
    };
    return { name, window: period, run };
  });
  say('optimizers');
  const timings = interleave(runners, effort, cpuClock);
  return {
    group: 'optimizers',
    title: 'Optimisers, built-in ones and own: µs of CPU per step of gru 64 uoro',
    columns: ['optimiser', 'µs per step', 'against sgd'],
    rows: runners.map(({ name }, i): Cell[] => [
      name,
      timings[i],
      i === 0 ? '' : times(ratio(timings[i], timings[0])),
    ]),
  };
}
