import { add, div, mul, sqrt, square } from '../../autodiff/index.ts';
import { ConfigurationError, guard, mapTree, Tensor, type Tree, zipTrees } from '../../lib/index.ts';
import { addTrees, dotTrees, scaleTree, zerosOf } from '../algebra.ts';
import { type Optimizer, optimizerOf } from './optimizer.ts';

export interface IntentionalOptions {
  /** The fraction that one update is to remove. Default 0.5. */
  readonly fraction?: number;
  /**
   * The quantity of which a step removes a part: the `error`, for squared losses such as `meanSquare`, or the `loss`, for any other whose
   * least value is 0. Default `error`.
   */
  readonly intent?: 'error' | 'loss';
  /** The decay of the mean square. Default 0.999. */
  readonly decay?: number;
  /** Added to the root of the mean square, and to the sum in the denominator. Default 1e-8. */
  readonly epsilon?: number;
}

export const intentionalOptions = {
  fraction: guard.setting(
    guard.between(Number.MIN_VALUE, 1),
    'the part of the error or the loss that one update is to remove; 0.5 if left out',
    'fraction',
  ),
  intent: guard.setting(
    guard.oneOf('error', 'loss'),
    'what an update removes a part of: the error, for squared losses, or the loss, for others; error if left out',
    'intent',
  ),
  decay: guard.setting(guard.between(0, 1 - Number.EPSILON), 'the decay of the mean square'),
  epsilon: guard.setting(guard.between(0), 'added to the root of the mean square'),
} satisfies guard.Checks<IntentionalOptions>;

/**
 * Intentional updates (arXiv 2604.19033): no learning rate; the change of the output is fixed instead. With
 * v̂ as in Adam, and the loss ℓ,
 *
 *     θ ← θ - c η ℓ · (g/√v̂) / Σ(g²/√v̂)
 *
 * c = 1, of the loss, is the Polyak form: to first order the update removes the fraction η of ℓ. c = 2, of the
 * error, removes that fraction of δ for ℓ = δ²: as g = 2δ p with p = ∂output/∂θ, it is
 * θ ← θ - η δ (p/√v̂) / Σ(p²/√v̂), a normalised LMS with a scale for each parameter. For one output that is
 * linear in θ, the new error is (1-η)δ exactly.
 *
 * With windows and lanes, ℓ is the loss that g is the gradient of. A loss that cannot come near 0, such as the
 * cross-entropy of noise, makes steps that are too long.
 */
export function intentional(options: IntentionalOptions = {}): Optimizer {
  const own = guard.options('intentional', options, intentionalOptions);
  const { fraction = 0.5, intent = 'error', decay = 0.999, epsilon = 1e-8 } = own;
  const share = -fraction * (intent === 'error' ? 2 : 1);
  return optimizerOf({
    name: 'intentional',
    settings: { fraction, intent, decay, epsilon },
    init: (parameters) => zerosOf(parameters),
    update(gradient, memory, _, clock, loss) {
      if (!(loss instanceof Tensor))
        throw new ConfigurationError('intentional.update: needs the loss, a scalar, after the clock');
      const squares = mapTree(gradient as Tree, (leaf) => square(leaf)) as typeof gradient;
      const v = addTrees(scaleTree(memory as typeof gradient, decay), scaleTree(squares, 1 - decay));
      const correction = clock.updates((k) => 1 / (1 - decay ** k));
      const scaled = zipTrees(
        gradient as Tree,
        v as Tree,
        (g, size) => div(g, add(sqrt(mul(size, correction)), epsilon)),
        'intentional',
      ) as typeof gradient;
      const length = mul(div(loss, add(dotTrees(gradient, scaled, loss.dtype), epsilon)), share);
      return { update: scaleTree(scaled, length), memory: v };
    },
  });
}
