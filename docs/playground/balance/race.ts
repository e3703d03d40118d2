import {
  createLearner,
  influenceBalancing,
  type Learner,
  rtrl,
  sgd,
  type Tensor,
  tbptt,
  tensor,
  uoro,
} from '../../../trainers/norewind.ts';
import { longest, type Racer, racers, type Setting, type Shares, tooMuch } from './setting.ts';

/** @throws ConfigurationError where half of the units are positive. */
export function sharesOf({ units, positive }: Pick<Setting, 'units' | 'positive'>): Shares {
  const task = influenceBalancing({ units, positive });
  const limit = task.truncatedDerivative(Number.POSITIVE_INFINITY);
  const lengths = Array.from({ length: longest }, (_, i) => i + 1);
  return {
    window: lengths.map((k) => task.truncatedDerivative(k) / limit),
    blocks: lengths.map((k) => task.blockDerivative(k) / (k * limit)),
  };
}

export interface Race {
  readonly steps: number;
  /** Takes some steps with every racer. */
  advance(count: number): void;
  /** The mean loss of the latest `advance`; above `tooMuch`, the racer is out. */
  loss(racer: Racer): number;
}

/** One parameter, four ways to its gradient, the same rate for all. @throws ConfigurationError */
export function createRace(setting: Setting): Race {
  const { units, positive, rate, window } = setting;
  const task = influenceBalancing({ units, positive });
  const learners = { rtrl: rtrl(), uoro: uoro(), blocks: tbptt({ window }) };
  const takers: Record<Racer, (count: number) => number> = {
    rtrl: () => 0,
    uoro: () => 0,
    blocks: () => 0,
    window: truncated(setting),
  };
  for (const name of ['rtrl', 'uoro', 'blocks'] as const)
    takers[name] = meanLoss(
      createLearner({
        model: task.model,
        loss: (output: Tensor, target: Tensor) => task.loss(output, target),
        estimator: learners[name],
        optimizer: sgd({ rate }),
        dtype: 'float64',
        seed: 1,
      }),
    );
  const losses: Record<Racer, number> = { rtrl: 0, uoro: 0, blocks: 0, window: 0 };
  let steps = 0;
  return {
    get steps() {
      return steps;
    },
    loss: (racer) => losses[racer],
    advance(count) {
      for (const name of racers) if (losses[name] <= tooMuch) losses[name] = takers[name](count);
      steps += count;
    },
  };
}

function meanLoss<P, S>(learner: Learner<P, S, Readonly<Record<string, never>>, Tensor>) {
  const target = tensor(1);
  return (count: number): number => {
    const losses = new Float64Array(count);
    try {
      learner.stepMany(
        Array.from({ length: count }, () => ({})),
        Array.from({ length: count }, () => target),
        losses,
      );
    } catch {
      // A number that is no longer finite: it has diverged.
      return Number.POSITIVE_INFINITY;
    }
    return losses.reduce((sum, loss) => sum + loss, 0) / count;
  };
}

/**
 * TBPTT that looks back T steps at every step. The system is linear, so what it backpropagates is one number, the
 * derivative through the last T steps, whatever the state: no tape is needed.
 */
function truncated({ units, positive, window, rate }: Setting): (count: number) => number {
  const task = influenceBalancing({ units, positive });
  const slopes = Array.from({ length: window }, (_, i) => task.truncatedDerivative(i + 1));
  const state = new Float64Array(units + 1).fill(1, 0, units);
  let theta = 0.5;
  let steps = 0;
  return (count) => {
    let sum = 0;
    for (let t = 0; t < count; t++) {
      for (let i = 0; i < units; i++)
        state[i] = (state[i] + state[i + 1]) / 2 + (i < positive ? theta : -theta);
      const error = state[0] - 1;
      sum += error ** 2 / 2;
      theta -= rate * error * slopes[Math.min(steps++, window - 1)];
    }
    return Number.isFinite(sum) ? sum / count : Number.POSITIVE_INFINITY;
  };
}
