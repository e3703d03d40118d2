import { optimizer } from '../registry/entry.ts';
import { adam, adamOptions, rmsprop, rmspropOptions } from './adaptive.ts';
import { intentional, intentionalOptions } from './intentional.ts';
import { momentum, momentumOptions, sgd, sgdOptions } from './sgd.ts';

export { type AdamOptions, adam, type RmspropOptions, rmsprop } from './adaptive.ts';
export { chain, clipByGlobalNorm } from './compose.ts';
export { type IntentionalOptions, intentional } from './intentional.ts';
export { anOptimizer, type Clock, type Optimizer } from './optimizer.ts';
export type { RateOptions, Rates } from './rates.ts';
export { constant, cosine, inverseSqrt, type Schedule, sqrtDecay } from './schedules.ts';
export { type MomentumOptions, momentum, type SgdOptions, sgd } from './sgd.ts';

/** The built-in optimisers by name. */
export const optimizers = {
  sgd: optimizer(sgd, sgdOptions, 0),
  momentum: optimizer(momentum, momentumOptions, 1),
  adam: optimizer(adam, adamOptions, 2),
  rmsprop: optimizer(rmsprop, rmspropOptions, 1),
  intentional: optimizer(intentional, intentionalOptions, 1),
};
