export { type CellConfig, cellTable, makeCell } from './cells.ts';
export { settable } from './choose.ts';
export type { Named, Options, Setting, Settings } from './entry.ts';
export { estimatorTable, makeEstimator, titleOf } from './estimators.ts';
export { flagsOf, optionOf, settingsOf, usualOf } from './flags.ts';
export { hasRate, makeOptimizer, optimizerTable, scheduleOptions } from './optimizers.ts';
