/** fast-check, for arbitraries of one's own. */
export { default as fc } from 'fast-check';
export { type AgreementOptions, checkUnbiased } from './agreement.ts';
export {
  indicesBelow,
  inLayout,
  type Layout,
  layoutsOf,
  type ShapeConstraints,
  shapes,
  type TensorConstraints,
  tensors,
  tensorsOf,
  trees,
} from './arbitraries.ts';
export { type CellSubject, cellLaws, checkCell, describeCell } from './cell.ts';
export { type CellConstraints, cells, type RandomCell } from './cells.ts';
export { checkInfluence, describeInfluence, type InfluenceSubject, influenceLaws } from './influence.ts';
export type { Laws } from './laws.ts';
export { LawError, UncheckedError } from './numbers.ts';
export { checkOptimizer, describeOptimizer, type OptimizerSubject, optimizerLaws } from './optimizer.ts';
export { checkPrimitive, describePrimitive, type PrimitiveSubject, primitiveLaws } from './primitive.ts';
export { type Program, type ProgramConstraints, type ProgramLine, programs } from './programs.ts';
export {
  byBackpropagation,
  byDifferences,
  type Fixture,
  type FixtureOptions,
  fixtureOf,
  type Reference,
} from './unrolled.ts';
export {
  check,
  judge,
  kindOf,
  type LawVerdict,
  lawsOf,
  lawText,
  type Subject,
  type Verdict,
  verdictOf,
} from './verdict.ts';
