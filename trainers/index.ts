export { addParts } from './algebra.ts';
export * from './estimators/index.ts';
export { type Markov, type MarkovOptions, markov } from './evaluation/index.ts';
export type {
  CategoryExpert,
  CategoryQuestion,
  Expert,
  NumberExpert,
  NumberQuestion,
  Past,
  SeasonAgo,
  SymbolExpert,
  SymbolQuestion,
} from './experts/index.ts';
export { createLearner } from './learner/create.ts';
export type { LearnerConfig } from './learner/given/config.ts';
export { Learner } from './learner/learner.ts';
export { readParameters } from './learner/readParameters.ts';
export { restoreLearner } from './learner/restore.ts';
export type { Scored } from './learner/scored.ts';
export * from './optimizers/index.ts';
export * from './probe/index.ts';
export {
  createModel,
  createTextModel,
  type RowModel,
  type RowOptions,
  type RowRecord,
  restoreModel,
  restoreTextModel,
  type Snapshot,
  type TextModel,
  type TextOptions as TextModelOptions,
} from './streams/index.ts';
export * from './tasks/index.ts';
