export { numberMixer } from './combineNumbers.ts';
export type { Expert } from './expert.ts';
export { fixedShare } from './fixedShare.ts';
export { leastSquares } from './leastSquares.ts';
export { numberExperts } from './numberExperts.ts';
export {
  lagCount,
  type NumberExpert,
  type NumberQuestion,
  type SeasonAgo,
  seasonCount,
} from './numberQuestion.ts';
export { seasonOf, usualSeasons } from './season.ts';
