export { type AdamOptions, adam, type RmspropOptions, rmsprop } from './adaptive.ts';
export { chain, clipByGlobalNorm } from './compose.ts';
export type { Clock, Optimizer } from './optimizer.ts';
export { constant, cosine, inverseSqrt, type Schedule } from './schedules.ts';
export { momentum, sgd } from './sgd.ts';
