export * from './baselines/index.ts';
export * from './estimators/index.ts';
export type { LearnerConfig } from './learner/config.ts';
export { createLearner, Learner, type Scored } from './learner/learner.ts';
export { restoreLearner } from './learner/restore.ts';
export * from './optimizers/index.ts';
export * from './tasks/index.ts';
