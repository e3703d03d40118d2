import { compile, square, sum } from '../../autodiff/index.ts';
import {
  cast,
  guard,
  leavesOf,
  mapTree,
  type Noise,
  seeded,
  type Tensor,
  type Tree,
  tensor,
} from '../../lib/index.ts';
import { linear, meanSquare, model, rnn } from '../../nn/index.ts';
import { addTrees, zerosOf } from '../algebra.ts';
import { anOptimizer, type Clock, createLearner, type Optimizer, restoreLearner, uoro } from '../index.ts';
import { requireLike, requireSameTree } from './alike.ts';
import { checkLaws, type Laws, treeLines, withExample } from './laws.ts';
import { describeLaws } from './mocha.ts';
import { LawError, numbersOf, requireClose, requireFinite } from './numbers.ts';

/** An optimiser, and how to test it. */
export interface OptimizerSubject {
  readonly name?: string;
  /** Makes an optimiser, at a rate at which it should learn. A part of a chain is checked in its chain. */
  readonly optimizer: () => Optimizer;
  /** The seed of parameters and gradients. Default 1. */
  readonly seed?: number;
}

const checks: guard.Checks<OptimizerSubject> = {
  name: guard.string,
  optimizer: guard.needed({
    ...guard.callable,
    what: 'a function that makes an optimiser, such as () => adam({ rate: 0.01 })',
  }),
  seed: guard.whole(0),
};

function known(subject: OptimizerSubject): OptimizerSubject {
  guard.options('an optimiser', subject, checks, 'checkOptimizer({ optimizer: () => sgd({ rate: 0.01 }) })');
  guard.argument('an optimiser', 'the result of optimizer()', subject.optimizer(), anOptimizer);
  return subject;
}

/** Registers one test per law of optimisers, with the global `describe` and `it` of the test runner. */
export function describeOptimizer(subject: OptimizerSubject): void {
  const laws = optimizerLaws(subject);
  describeLaws(subject.name ?? subject.optimizer().name, laws);
}

/** Checks every law of `describeOptimizer`. @throws LawError for the first that does not hold. */
export function checkOptimizer(subject: OptimizerSubject): void {
  checkLaws(known(subject).name ?? subject.optimizer().name, optimizerLaws(subject));
}

/** The laws by name; each throws if it does not hold. */
export function optimizerLaws(subject: OptimizerSubject): Laws {
  const { optimizer, seed = 1 } = known(subject);
  const start = () => parametersFrom(seeded(seed));
  const gradients = (count: number) => {
    const noise = seeded(seed + 1);
    return Array.from({ length: count }, () => parametersFrom(noise));
  };
  const shown = () => [...treeLines('params', start()), ...treeLines('gradient', gradients(1)[0])];

  const laws: Laws = {
    'returns an update like the parameters, and memory like that of init': () => {
      const parameters = start();
      const own = optimizer();
      const first = own.init(parameters);
      updates(own, parameters, gradients(3)).forEach(({ update, memory }, k) => {
        requireLike(update, parameters, `update ${k + 1}`);
        requireLike(memory, first, `the memory after update ${k + 1}`);
      });
    },
    'is pure: one update twice is the same, and nothing that it is given changes': () => {
      const [parameters, [gradient, ...rest]] = [start(), gradients(3)];
      const own = optimizer();
      // Zeros, as most memories start, would hide what is written to them.
      const before = updates(own, parameters, rest).at(-1)?.memory ?? own.init(parameters);
      const given = { parameters, gradient, memory: before };
      const numbers = Object.values(given).map((tree) => numbersOf(tree));
      const update = () => own.update(gradient, before, parameters, clockAt(2), lossOf(parameters));
      const once = update();
      requireSameTree(update(), once, 'the second result');
      Object.entries(given).forEach(([name, tree], i) => {
        requireClose(numbersOf(tree), numbers[i], 0, name);
      });
    },
    'stays in float32 when it is given float32': () => {
      const single = (tree: Parameters) => mapTree(tree, (leaf) => cast(leaf, 'float32'));
      for (const { update } of updates(optimizer(), single(start()), gradients(2).map(single)))
        for (const { dtype } of leavesOf(update))
          if (dtype !== 'float32') throw new LawError(`an update of float32 parameters is ${dtype}`);
    },
    'is finite while gradients are zero': () => {
      const parameters = start();
      const zero = zerosOf(parameters);
      const [some] = gradients(1);
      updates(optimizer(), parameters, [zero, zero, some, zero]).forEach(({ update, memory }, k) => {
        requireFinite(numbersOf(update), `update ${k + 1}`);
        requireFinite(numbersOf(memory), `the memory after update ${k + 1}`);
      });
    },
    'lowers the loss ½‖θ‖² in 100 updates': () => {
      const own = optimizer();
      let parameters = start();
      let memory = own.init(parameters);
      const before = lossOf(parameters).item();
      for (let k = 0; k < 100; k++) {
        const next = own.update(parameters, memory, parameters, clockAt(k), lossOf(parameters));
        [parameters, memory] = [addTrees(parameters, next.update), next.memory];
      }
      const after = lossOf(parameters).item();
      if (!(after < before))
        throw new LawError(
          `the loss rises from ${before} to ${after}; an update is added to the parameters, so it points against the gradient`,
        );
    },
    'returns the same as a plan': () => {
      const own = optimizer();
      const parameters = start();
      const [gradient, ...rest] = gradients(3);
      const memory = updates(own, parameters, rest).at(-1)?.memory ?? own.init(parameters);
      const update = (g: Parameters, m: Tree, p: Parameters, loss: Tensor) =>
        own.update(g, m, p, clockAt(2), loss) as { update: Parameters; memory: Tree };
      const given = [gradient, memory as Tree, parameters, lossOf(parameters)] as const;
      requireClose(numbersOf(compile(update)(...given)), numbersOf(update(...given)), 1e-12, 'the plan');
    },
    'resumes from a checkpoint of a learner bit for bit': () => {
      const configuration = () => ({
        model: model({ cell: rnn({ inputs: 1, units: 2 }), readout: linear({ outputs: 1 }) }),
        loss: meanSquare,
        estimator: uoro(),
        optimizer: optimizer(),
        seed,
      });
      const noise = seeded(seed + 2);
      const rows = Array.from({ length: 9 }, () => noise.normal([1]));
      const learner = createLearner(configuration());
      for (const row of rows.slice(0, 5)) learner.step(row, row);
      const restored = restoreLearner(configuration(), learner.save());
      for (const row of rows.slice(5)) {
        learner.step(row, row);
        restored.step(row, row);
      }
      requireSameTree(restored.parameters, learner.parameters, 'the parameters after resuming');
    },
  };
  return Object.fromEntries(Object.entries(laws).map(([law, check]) => [law, withExample(check, shown)]));
}

type Parameters = ReturnType<typeof parametersFrom>;

/** Of every rank that parameters commonly have, nested. */
function parametersFrom(noise: Noise) {
  return {
    gain: noise.normal([]),
    layers: [{ w: noise.normal([2, 3]), b: noise.normal([2]) }, { w: noise.normal([1, 2]) }],
  };
}

/** ½‖θ‖², whose gradient is θ. */
function lossOf(parameters: Parameters): Tensor {
  const squares = leavesOf(parameters).map((leaf) => sum(square(cast(leaf, 'float64'))).item());
  return tensor(
    squares.reduce((total, value) => total + value / 2, 0),
    { dtype: parameters.gain.dtype },
  );
}

/** The time before update k, counted from 0, of a learner with one update a step. */
function clockAt(k: number): Clock {
  return { steps: (f) => f(k), updates: (f) => f(k + 1) };
}

/** The result of each update, with these gradients. */
function updates(own: Optimizer, parameters: Parameters, gradients: readonly Parameters[]) {
  let memory = own.init(parameters);
  return gradients.map((gradient, k) => {
    const next = own.update(gradient, memory, parameters, clockAt(k), lossOf(parameters));
    memory = next.memory;
    return next;
  });
}
