export { categoryCounts, mostPairs } from './categoryCounts.ts';
export type { CategoryExpert, CategoryQuestion } from './categoryQuestion.ts';
export { categoryMixer } from './combineCategories.ts';
export { numberMixer } from './combineNumbers.ts';
export { ensemble } from './ensemble.ts';
export type { Expert } from './expert.ts';
export { fixedShare } from './fixedShare.ts';
export { leastSquares } from './leastSquares.ts';
export { seasonSteps } from './linear.ts';
export { membersOf, symbolExperts } from './members.ts';
export type { Mixer } from './mixer.ts';
export { combination, network, withoutNetwork } from './names.ts';
export { numberExperts } from './numberExperts.ts';
export {
  lagCount,
  latestOf,
  type NumberExpert,
  type NumberQuestion,
  type SeasonAgo,
  seasonCount,
  within,
} from './numberQuestion.ts';
export {
  largestPrediction,
  noExpert,
  requireNumber,
  requireOwnName,
  requireProbabilities,
} from './ownExpert.ts';
export { copyOf, noPast, type Past, reach, remember, symbolAt, unpackPast } from './past.ts';
export { running, runningMixer } from './running.ts';
export { seasonOf, usualSeasons } from './season.ts';
export { softmax, softmaxRegression } from './softmaxRegression.ts';
export type { SymbolExpert, SymbolQuestion } from './symbolExpert.ts';
export { isTable, joined, type Plain, separate, type Table, type Tables } from './tables.ts';
