export * from './baselines/index.ts';
export * from './estimators/index.ts';
export type { LearnerConfig } from './learner/config.ts';
export { createLearner, Learner } from './learner/learner.ts';
export { restoreLearner } from './learner/restore.ts';
export type { Scored } from './learner/scored.ts';
export * from './optimizers/index.ts';
export * from './tasks/index.ts';
