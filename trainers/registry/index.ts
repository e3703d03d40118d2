export { cellNames, makeNetwork } from './cells.ts';
export { estimatorNames, makeEstimator, titleOf } from './estimators.ts';
export type { Named, Setting } from './named.ts';
export { makeOptimizer, optimizerNames } from './optimizers.ts';
