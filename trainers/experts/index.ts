export { categoryCounts, mostPairs } from './categories/categoryCounts.ts';
export type { CategoryExpert, CategoryQuestion } from './categories/categoryQuestion.ts';
export { categoryMixer } from './categories/combineCategories.ts';
export { softmax, softmaxRegression } from './categories/softmaxRegression.ts';
export type { Expert } from './common/expert.ts';
export { fixedShare } from './common/fixedShare.ts';
export type { Mixer } from './common/mixer.ts';
export { combination, network, withoutNetwork } from './common/names.ts';
export {
  largestPrediction,
  noExpert,
  requireNumber,
  requireOwnName,
  requireProbabilities,
} from './common/ownExpert.ts';
export { running, runningMixer } from './common/running.ts';
export { isTable, joined, type Plain, separate, type Table, type Tables } from './common/tables.ts';
export { numberMixer } from './numbers/combineNumbers.ts';
export { leastSquares } from './numbers/leastSquares.ts';
export { seasonSteps } from './numbers/linear.ts';
export { numberExperts } from './numbers/numberExperts.ts';
export {
  lagCount,
  latestOf,
  type NumberExpert,
  type NumberQuestion,
  type SeasonAgo,
  seasonCount,
  within,
} from './numbers/numberQuestion.ts';
export { seasonOf, usualSeasons } from './numbers/season.ts';
export { ensemble } from './symbols/ensemble.ts';
export { membersOf, symbolExperts } from './symbols/members.ts';
export { copyOf, noPast, type Past, reach, remember, symbolAt, unpackPast } from './symbols/past.ts';
export type { SymbolExpert, SymbolQuestion } from './symbols/symbolExpert.ts';
