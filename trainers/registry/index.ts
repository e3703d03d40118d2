export { type CellConfig, cellCommon, cellTable, makeCell } from './cells.ts';
export { settable, settableNames } from './choose.ts';
export type { EstimatorEntry, Named, OptimizerEntry, Options, Setting, Settings } from './entry.ts';
export { completeEstimator, estimatorTable, makeEstimator, titleOf } from './estimators.ts';
export { type Flag, flagsOf, optionOf, settingsOf, usualOf } from './flags.ts';
export { isFileName, shortName } from './names.ts';
export { hasRate, makeOptimizer, optimizerCommon, optimizerTable, scheduleOptions } from './optimizers.ts';
export { builtIn, type Tables } from './tables.ts';
