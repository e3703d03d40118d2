export { type Better, formatBits, formatLoss, formatScore } from './better.ts';
export type { ReliabilityBin } from './calibration.ts';
export type { Drift, PredictorFigures } from './evaluation.ts';
export { type Markov, type MarkovOptions, markov } from './markov.ts';
export { normOf } from './norm.ts';
export { requireEntries, requireWhole, shortened } from './saved.ts';
export type { Figures, Unit } from './scores.ts';
export { createTally, type SavedTally, type Tally } from './tally.ts';
export { createPairs, type Trail } from './trail.ts';
