export { type AdamOptions, adam, type RmspropOptions, rmsprop } from './adaptive.ts';
export { chain, clipByGlobalNorm } from './compose.ts';
export { anOptimizer, type Clock, type Optimizer } from './optimizer.ts';
export { constant, cosine, inverseSqrt, type Schedule } from './schedules.ts';
export { type MomentumOptions, momentum, type SgdOptions, sgd } from './sgd.ts';
