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
export { checkInfluence, describeInfluence, type InfluenceSubject, influenceLaws } from './influence.ts';
export { LawError } from './numbers.ts';
export { checkPrimitive, describePrimitive, type PrimitiveSubject } from './primitive.ts';
export { type Program, type ProgramConstraints, type ProgramLine, programs } from './programs.ts';
export {
  byBackpropagation,
  byDifferences,
  type Fixture,
  type FixtureOptions,
  fixtureOf,
  type Reference,
} from './unrolled.ts';
