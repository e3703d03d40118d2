export type { NdArray } from 'ndarray';
export {
  cast,
  castFor,
  eye,
  full,
  indices,
  ones,
  requireWithin32,
  type TensorOptions,
  tensor,
  zeros,
} from './create.ts';
export {
  allocate,
  type DType,
  dtypeOf,
  type FloatDType,
  isDType,
  requireFloat,
  type TypedArray,
} from './dtype.ts';
export * from './errors.ts';
export { readNpy, writeNpy } from './formats/npy.ts';
export { writeNpz } from './formats/npz.ts';
export {
  readSafetensors,
  readSafetensorsMetadata,
  safetensorsLeftOut,
  withSafetensorsMetadata,
  writeSafetensors,
} from './formats/safetensors.ts';
export { longestSignature, mayBeSignature, type Signature, signatureOf } from './formats/signature.ts';
export * as guard from './guard/index.ts';
export * as kernels from './kernels/index.ts';
export * as wasm from './kernels/wasm/index.ts';
export { type Expectation, type ExpectationOptions, expectation } from './noise/expectation.ts';
export { type Noise, requireNoise, type SavedNoise, type SeededWords } from './noise/noise.ts';
export { type Recording, recording } from './noise/recording.ts';
export { replay } from './noise/replay.ts';
export { restoreNoise } from './noise/restore.ts';
export { isSeeded, seeded } from './noise/seeded.ts';
export { inspect, printable } from './print.ts';
export {
  broadcastShapes,
  checkShape,
  formatShape,
  normalizeAxes,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
} from './shape.ts';
export {
  ArrayTensor,
  dataOf,
  fromData,
  isContiguous,
  type NestedArray,
  operatorAdvice,
  requireTensor,
  Tensor,
  type TensorJson,
  valuesText,
  viewOf,
} from './tensor.ts';
export {
  alignLeaves,
  type Leaf,
  labelTree,
  leavesOf,
  liftNumbers,
  mapTree,
  type PartialTree,
  type Parts,
  partsLike,
  pathsOf,
  rebuild,
  sameStructure,
  type Tree,
  zipTrees,
} from './tree.ts';
