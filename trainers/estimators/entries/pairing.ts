import { matmul, mul, reshape } from '../../../autodiff/index.ts';
import { ConfigurationError, cast, guard, leavesOf, replay, seeded, type Tree } from '../../../lib/index.ts';
import { addParts, unflattenTree } from '../../algebra.ts';
import type { Estimator } from '../rule/estimator.ts';
import { absent, type Rule } from '../rule/rule.ts';
import type { Moment } from '../step/moment.ts';

/** With which cotangent an influence makes the gradient. */
export interface PairingOptions {
  /**
   * `exact`, the default: the influence before the step with ∂ℓ/∂s there, and the step itself exactly, as for all
   * estimators here. `published`: the influence after the step with ∂ℓ/∂s', as in the papers.
   */
  readonly pairing?: 'exact' | 'published';
}

export interface FeedbackOptions extends PairingOptions {
  /**
   * `own`, the default: the error comes back through the model's own readout. `random`: through a fixed random
   * matrix in the place of ∂y/∂s', which needs the published pairing and is its default.
   */
  readonly feedback?: 'own' | 'random';
  /** The seed of that matrix. 1 by default. */
  readonly feedbackSeed?: number;
}

export const pairingOptions = {
  pairing: guard.setting(
    guard.oneOf('exact', 'published'),
    'which influence makes the gradient, that before the step or that after it',
    'pairing',
  ),
} satisfies guard.Checks<PairingOptions>;

export const feedbackOptions = {
  ...pairingOptions,
  feedback: guard.setting(
    guard.oneOf('own', 'random'),
    'the weights through which the error comes back',
    'feedback',
  ),
  feedbackSeed: guard.setting(guard.whole(0), 'the seed of random feedback'),
} satisfies guard.Checks<FeedbackOptions>;

/** For rules that draw nothing. */
const noDraws = replay([]);

/** The options in effect. @throws ConfigurationError for random feedback with the exact pairing. */
export function feedbackOf(
  who: string,
  {
    feedback = 'own',
    feedbackSeed = 1,
    pairing = feedback === 'own' ? 'exact' : 'published',
  }: FeedbackOptions,
): Required<FeedbackOptions> {
  if (feedback === 'random' && pairing === 'exact')
    throw new ConfigurationError(
      `${who}: random feedback takes the place of ∂ℓ/∂s' after the step, so pairing must be published; leave pairing out`,
    );
  return { feedback, feedbackSeed, pairing };
}

/** The options that are not the defaults, so that checkpoints of older versions fit. */
export function feedbackSettings({
  feedback,
  feedbackSeed,
  pairing,
}: Required<FeedbackOptions>): Estimator['settings'] {
  return {
    ...(pairing !== 'exact' && { pairing }),
    ...(feedback !== 'own' && { feedback, feedbackSeed }),
  };
}

/**
 * The rule with the gradient that these options ask for. For the published pairing it is what the loss has of the
 * parameters directly, such as of a readout, and the influence after the step, pulled by ∂ℓ/∂s' or by the feedback of ∂ℓ/∂y.
 * @param rule must not draw.
 */
export function paired<I>(
  rule: Rule<I>,
  { pairing, feedback = 'own', feedbackSeed = 1 }: FeedbackOptions,
): Rule<I> {
  if (pairing !== 'published') return rule;
  const { earlier } = rule;
  return {
    ...rule,
    ...(earlier && { earlier: paired(earlier, { pairing, feedback, feedbackSeed }) }),
    gradient(influence, moment) {
      const next = rule.advance(
        influence === absent ? rule.start(noDraws) : influence,
        moment.transition,
        noDraws,
      );
      const error = feedback === 'own' ? moment.after : randomly(moment, feedbackSeed);
      return addParts(moment.direct, rule.pull(next, error));
    },
  };
}

/** B ∂ℓ/∂y, with B normal of deviation 1/√outputs, [S, outputs]: the same at every step, from its seed alone. */
function randomly({ output, after }: Moment, seed: number): Tree {
  const state = leavesOf(after).reduce((sum, { size }) => sum + size, 0);
  const B = cast(seeded(seed).normal([state, output.size]), output.dtype);
  const error = mul(reshape(output, [output.size]), 1 / Math.sqrt(output.size));
  return unflattenTree(matmul(B, error), after);
}
