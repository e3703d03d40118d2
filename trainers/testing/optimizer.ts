import { compile, mul, neg, sign, square, sum } from '../../autodiff/index.ts';
import {
  cast,
  type DType,
  guard,
  leavesOf,
  mapTree,
  type Noise,
  pathsOf,
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
    const noise = seeded(seed);
    // Other numbers than the parameters.
    parametersFrom(noise);
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
      requireSameTree(own.init(parameters), own.init(parameters), 'the memory of a second init');
      const given = { parameters, gradient, memory: before };
      const numbers = Object.values(given).map((tree) => numbersOf(tree));
      const update = () =>
        own.update(gradient, before, parameters, clockAt(2, 'float64'), lossOf(parameters));
      const once = update();
      requireSameTree(update(), once, 'the second result');
      Object.entries(given).forEach(([name, tree], i) => {
        requireClose(numbersOf(tree), numbers[i], 0, name);
      });
    },
    'stays in float32 when it is given float32': () => {
      for (const { update } of updates(optimizer(), single(start()), gradients(2).map(single)))
        for (const { dtype } of leavesOf(update))
          if (dtype !== 'float32') throw new LawError(`an update of float32 parameters is ${dtype}`);
    },
    'is finite while gradients are zero': () => {
      const parameters = start();
      const zero = zerosOf(parameters);
      const [some] = gradients(1);
      const all = [zero, zero, some, zero];
      for (const [dtype, results] of [
        ['float64', updates(optimizer(), parameters, all)],
        ['float32', updates(optimizer(), single(parameters), all.map(single))],
      ] as const)
        results.forEach(({ update, memory }, k) => {
          requireFinite(numbersOf(update), `update ${k + 1} in ${dtype}`);
          requireFinite(numbersOf(memory), `the memory after update ${k + 1} in ${dtype}`);
        });
    },
    'lowers the loss ½‖θ - c‖² of every leaf in 100 updates': () => {
      const own = optimizer();
      let parameters = start();
      // Far from all of θ, so that no rule is there at once.
      const target = addTrees(
        parameters,
        mapTree(gradients(1)[0], (leaf) => mul(sign(leaf), 2)),
      );
      const away = () =>
        addTrees(
          parameters,
          mapTree(target, (leaf) => neg(leaf)),
        );
      let memory = own.init(parameters);
      const before = lossesOf(away());
      for (let k = 0; k < 100; k++) {
        const next = own.update(away(), memory, parameters, clockAt(k, 'float64'), lossOf(away()));
        [parameters, memory] = [addTrees(parameters, next.update), next.memory];
      }
      lossesOf(away()).forEach(({ path, loss }, i) => {
        const was = before[i].loss;
        if (loss === was) throw new LawError(`the loss of ${path} stays ${was}: nothing moved it`);
        if (!(loss < was))
          throw new LawError(
            `the loss of ${path} goes from ${was} to ${loss}; an update is added to the parameters, so it points against the gradient`,
          );
      });
    },
    'returns the same as a plan': () => {
      const own = optimizer();
      const parameters = start();
      const [gradient, ...rest] = gradients(3);
      const memory = updates(own, parameters, rest).at(-1)?.memory ?? own.init(parameters);
      const update = (g: Parameters, m: Tree, p: Parameters, loss: Tensor) =>
        own.update(g, m, p, clockAt(2, 'float64'), loss) as { update: Parameters; memory: Tree };
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
      const noise = seeded(seed);
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

function single(tree: Parameters): Parameters {
  return mapTree(tree, (leaf) => cast(leaf, 'float32'));
}

/** ½‖x‖², whose gradient is x, of each leaf. */
function lossesOf(x: Parameters): { readonly path: string; readonly loss: number }[] {
  return pathsOf(x, 'params').map(({ path, tensor: leaf }) => ({
    path,
    loss: sum(square(cast(leaf, 'float64'))).item() / 2,
  }));
}

function lossOf(x: Parameters): Tensor {
  return tensor(
    lossesOf(x).reduce((total, { loss }) => total + loss, 0),
    { dtype: x.gain.dtype },
  );
}

/** The time before update k, counted from 0, of a learner of this dtype with one update a step. */
function clockAt(k: number, dtype: DType): Clock {
  return { steps: (f) => tensor(f(k), { dtype }), updates: (f) => tensor(f(k + 1), { dtype }) };
}

/** The result of each update, with these gradients. */
function updates(own: Optimizer, parameters: Parameters, gradients: readonly Parameters[]) {
  let memory = own.init(parameters);
  return gradients.map((gradient, k) => {
    const next = own.update(
      gradient,
      memory,
      parameters,
      clockAt(k, parameters.gain.dtype),
      lossOf(parameters),
    );
    memory = next.memory;
    return next;
  });
}
