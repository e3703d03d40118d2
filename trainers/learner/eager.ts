import { kernels, type Noise, NonFiniteError, pathsOf, type Tree } from '../../lib/index.ts';
import { normOf } from '../algebra.ts';
import type { Engine, Outcome } from './engine.ts';
import { clockAt, moveOn, type Setting, type Targets, takeSteps } from './learn.ts';
import type { Memory } from './memory.ts';

/** Every operation runs when it is called: any platform, any primitive, easy to follow. */
export class EagerEngine implements Engine {
  memory: Memory;
  readonly #setting: Setting;

  constructor(setting: Setting, memory: Memory) {
    this.#setting = setting;
    this.memory = memory;
  }

  get steps(): number {
    return this.memory.steps;
  }

  get glance(): Memory {
    return this.memory;
  }

  get gradient(): unknown {
    return this.memory.gradient;
  }

  get noise(): Noise {
    return this.#setting.noise;
  }

  step(inputs: readonly unknown[], targets: Targets): Outcome {
    const { memory } = this;
    const steps = takeSteps(this.#setting, memory, inputs, targets);
    const losses = steps.flatMap(({ loss }) => loss?.item() ?? []);
    for (const loss of losses) if (!Number.isFinite(loss)) throw nonFinite(memory.steps, `the loss became ${loss}`);
    this.memory = moveOn(this.#setting, memory, steps, clockAt(memory), ({ parameters, gradient }) => {
      const broken = culprit(parameters, gradient);
      if (broken !== undefined) throw nonFinite(memory.steps, broken);
    });
    return { losses, outputs: steps.map(({ output }) => output) };
  }
}

/** The sentence for a learner that was left as it was after `steps` steps. */
export function nonFinite(steps: number, what: string): NonFiniteError {
  return new NonFiniteError(
    `step ${steps + 1}: ${what}; the learner is left as it was after step ${steps}: lower the learning rate, or clip with clipByGlobalNorm`,
  );
}

/** The parameter that is no longer finite, as a sentence; undefined when all are. */
export function culprit(parameters: unknown, gradient: unknown): string | undefined {
  const leaf = pathsOf(parameters as Tree).find(({ tensor }) => !kernels.allFinite(tensor));
  if (leaf === undefined) return undefined;
  return `parameter ${leaf.path || 'θ'} would become NaN or infinite (gradient norm ${norm(gradient)})`;
}

function norm(gradient: unknown): string {
  return normOf(gradient).item().toPrecision(3);
}
