import {
  adam,
  type Cell,
  createLearner,
  crossEntropy,
  type Input,
  inverseSqrt,
  type Learner,
  linear,
  model,
  type SymbolTask,
  type Tensor,
} from '../../../trainers/norewind.ts';
import {
  completeEstimator,
  estimatorTable,
  makeEstimator,
  type Settings,
  titleOf,
  usualOf,
} from '../../../trainers/registry/index.ts';
import type { Training } from './messages.ts';

export interface Trainings {
  readonly rows: readonly Training[];
  readonly isLeft: boolean;
  /** Trains the one that has had the least time; returns the steps taken. */
  advance(): number;
}

const steps = 4000;
const piece = 20;

/** Settings without a usual value. */
const needed: Readonly<Record<string, Settings>> = { rflo: { leak: 0.5 } };

/** One learner for each estimator, on the same symbols. */
export function createTrainings(make: () => Cell<unknown, unknown, Input>, task: SymbolTask): Trainings {
  const all = Object.keys(estimatorTable).map((name) => createTraining(name, make, task));
  return {
    get rows() {
      return all.map(({ row }) => row);
    },
    get isLeft() {
      return all.some(({ isLeft }) => isLeft);
    },
    advance() {
      const [next] = all.filter(({ isLeft }) => isLeft).sort((a, b) => a.spent - b.spent);
      return next === undefined ? 0 : next.advance();
    },
  };
}

function createTraining(name: string, make: () => Cell<unknown, unknown, Input>, task: SymbolTask) {
  const settings = { ...usualOf(estimatorTable, name), ...needed[name] };
  const estimator = makeEstimator(settings);
  const title = titleOf(completeEstimator(settings, estimator));
  let learner: Learner<unknown, unknown, Input, number | Tensor> | undefined;
  const examples = task[Symbol.iterator]();
  const losses: number[] = [];
  let spent = 0;
  let refused: string | undefined;
  return {
    get spent() {
      return spent;
    },
    get isLeft() {
      return refused === undefined && losses.length < steps;
    },
    get row(): Training {
      const late = losses.slice(Math.floor((3 * losses.length) / 4));
      return {
        title,
        done: losses.length / steps,
        bits: late.reduce((sum, loss) => sum + loss, 0) / late.length / Math.LN2,
        time: (1000 * spent) / losses.length,
        ...(refused !== undefined && { refused }),
      };
    },
    advance(): number {
      const begun = performance.now();
      const before = losses.length;
      try {
        learner ??= createLearner({
          model: model({ cell: make(), readout: linear({ outputs: task.symbols }) }),
          loss: crossEntropy,
          estimator,
          optimizer: adam({ rate: inverseSqrt(1e-2, 0.03) }),
          seed: 1,
        });
        for (let i = 0; i < piece; i++) {
          const { input, target } = examples.next().value;
          losses.push(learner.step(input, target).loss);
        }
      } catch (error) {
        refused = error instanceof Error ? error.message : String(error);
      }
      spent += performance.now() - begun;
      return losses.length - before;
    },
  };
}
