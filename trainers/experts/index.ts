export { numberMixer } from './combineNumbers.ts';
export { ensemble } from './ensemble.ts';
export type { Expert } from './expert.ts';
export { fixedShare } from './fixedShare.ts';
export { leastSquares } from './leastSquares.ts';
export { membersOf, symbolExperts } from './members.ts';
export { numberExperts } from './numberExperts.ts';
export {
  lagCount,
  type NumberExpert,
  type NumberQuestion,
  type SeasonAgo,
  seasonCount,
} from './numberQuestion.ts';
export { copyOf, noPast, type Past, remember, symbolAt, unpackPast } from './past.ts';
export { seasonOf, usualSeasons } from './season.ts';
export { type SymbolExpert, type SymbolQuestion, withoutNetwork } from './symbolExpert.ts';
export { isTable, joined, separate, type Table, type Tables } from './tables.ts';
