import { div, greater, where } from '../../autodiff/index.ts';
import { ConfigurationError, guard } from '../../lib/index.ts';
import { normOf, scaleTree, unitFor } from '../algebra.ts';
import { anOptimizer, type Optimizer, optimizerOf } from './optimizer.ts';

/**
 * Scales the gradient down to the given Euclidean norm over all parameters if it is longer. Has no memory;
 * put it before an optimiser with `chain`. A clipped estimate is no longer unbiased.
 * Clips correctly even if squares overflow or underflow. An infinite element becomes NaN and the others 0; a
 * gradient with a NaN is left as it is. A learner refuses both with a NonFiniteError.
 */
export function clipByGlobalNorm(norm: number): Optimizer {
  guard.argument('clipByGlobalNorm', 'norm', norm, guard.between(Number.MIN_VALUE));
  return optimizerOf({
    name: 'clipByGlobalNorm',
    settings: { norm },
    init: () => ({}),
    update(gradient, memory) {
      // A unit in which a norm beyond the dtype is a number.
      const unit = unitFor(norm);
      const [length, most] = [normOf(gradient, unit), norm / unit];
      return { update: scaleTree(gradient, where(greater(length, most), div(most, length), 1)), memory };
    },
  });
}

/** Runs optimisers in sequence: each receives the previous one's update as its gradient. */
export function chain(...optimizers: readonly Optimizer[]): Optimizer {
  if (optimizers.length === 0) throw new ConfigurationError('chain: needs at least one optimiser');
  optimizers.forEach((optimizer, i) => {
    guard.argument('chain', `argument ${i + 1}`, optimizer, anOptimizer);
  });
  const rates = optimizers.flatMap(({ rate }) => rate ?? []);
  return optimizerOf({
    name: optimizers.map(({ name }) => name).join('+'),
    settings: Object.fromEntries(
      optimizers.flatMap(({ name, settings }, i) => {
        const earlier = optimizers.slice(0, i).filter((optimizer) => optimizer.name === name).length;
        const own = earlier === 0 ? name : `${name} ${earlier + 1}`;
        return Object.entries(settings).map(([key, value]) => [`${own}.${key}`, value]);
      }),
    ),
    ...(rates.length === 1 ? { rate: rates[0] } : {}),
    init: (parameters) => optimizers.map((optimizer) => optimizer.init(parameters)),
    update(gradient, memory, parameters, clock, loss) {
      let update = gradient;
      const memories = optimizers.map((optimizer, i) => {
        const stage = optimizer.update(update, (memory as readonly unknown[])[i], parameters, clock, loss);
        update = stage.update;
        return stage.memory;
      });
      return { update, memory: memories };
    },
  });
}
