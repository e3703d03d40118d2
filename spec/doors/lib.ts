import ndarray from 'ndarray';
import { eye, type Noise, ones, seeded, tensor, writeNpy, writeSafetensors } from '../../lib/index.ts';
import { type Doors, door, methods, namedDoor, openDoor } from './walk.ts';

export const x = () => tensor([1, 2]);
export const matrix = () =>
  tensor([
    [1, 2],
    [3, 4],
  ]);
const tree = () => ({ w: x(), b: [x(), { c: matrix() }] });
const inner = (noise: Noise) =>
  methods(noise, {
    signs: door(() => [[2]]),
    normal: door(() => [[2]]),
    uniform: door(() => [[2]]),
    integer: door(() => [3]),
    coin: door(() => [0.5]),
    split: door(() => []),
    save: door(() => []),
  });
const signsOnly = (noise: Noise) =>
  methods(noise, { signs: door(() => [[1]]), split: door(() => []), save: door(() => []) });
const options = () => ({ dtype: 'float32' });

export const libDoors: Doors = {
  cast: door(() => [x(), 'float32']),
  castFor: namedDoor([0], () => ['who', x(), 'float32']),
  eye: door(() => [2, options()]),
  full: door(() => [[2], 1, options()]),
  indices: door(() => [[1, 2]]),
  ones: door(() => [[2], options()]),
  tensor: door(() => [[1, 2], options()]),
  zeros: door(() => [[2], options()]),
  allocate: door(() => ['float32', 2]),
  dtypeOf: door(() => [new Float32Array(1)]),
  isDType: door(() => ['float32']),
  requireFloat: namedDoor([1], () => ['float32', 'who']),
  readNpy: door(() => [writeNpy(x())]),
  writeNpy: door(() => [x()]),
  writeNpz: openDoor(() => [{ w: x() }]),
  readSafetensors: door(() => [writeSafetensors({ w: x() })]),
  readSafetensorsMetadata: door(() => [writeSafetensors({ w: x() }, { a: 'b' })]),
  safetensorsLeftOut: door(() => [writeSafetensors({ w: x() })]),
  signatureOf: door(() => [writeNpy(x())]),
  mayBeSignature: door(() => [writeNpy(x())]),
  withSafetensorsMetadata: openDoor(() => [writeSafetensors({ w: x() }), { a: 'b' }]),
  writeSafetensors: openDoor(() => [{ w: x() }, { a: 'b' }]),
  expectation: door(() => [(noise: Noise) => noise.signs([1]), { limit: 4 }]),
  isSeeded: openDoor(() => [seeded(1)]),
  recording: openDoor(() => [seeded(1)], inner),
  replay: door(() => [[1, -1, 1, -1]], signsOnly),
  restoreNoise: openDoor(() => [seeded(1).save()], inner),
  seeded: door(() => [1], inner),
  broadcastShapes: door(() => [[2], [2]]),
  checkShape: namedDoor([1], () => [[2], 'who']),
  formatShape: door(() => [[2]]),
  normalizeAxes: namedDoor([2], () => [[0], 2, 'who']),
  sameShape: door(() => [[2], [2]]),
  sizeOf: door(() => [[2]]),
  stridesOf: door(() => [[2, 3]]),
  ArrayTensor: door(() => [ndarray(new Float64Array(2), [2])]),
  dataOf: door(() => [x()]),
  fromData: door(() => [new Float64Array(2), [2]]),
  isContiguous: door(() => [ndarray(new Float64Array(2), [2])]),
  requireNoise: namedDoor([1], () => [seeded(1), 'who']),
  printable: openDoor(() => [{ a: 1 }, () => 'text', () => ({})]),
  requireWithin32: namedDoor([1], () => [1, 'who']),
  requireTensor: namedDoor([1, 2], () => [x(), 'who', 'a tensor']),
  Tensor: door(() => []),
  valuesText: door(() => [matrix()]),
  viewOf: door(() => [ndarray(new Float64Array(6), [2, 3]), [3, 2], [1, 3], 0]),
  alignLeaves: namedDoor([2, 3], () => [tree(), { w: x() }, 'who', 'root']),
  labelTree: namedDoor([1], () => [tree(), 'params']),
  leavesOf: openDoor(() => [tree()]),
  liftNumbers: openDoor(() => [{ w: 3 }, () => ones([])]),
  mapTree: namedDoor([2], () => [tree(), () => eye(2), 'params']),
  pathsOf: namedDoor([1], () => [tree(), 'params']),
  rebuild: openDoor(() => [tree(), [x(), x(), x()]]),
  sameStructure: openDoor(() => [tree(), tree()]),
  zipTrees: namedDoor([3], () => [tree(), tree(), (a: unknown) => a, 'who']),
};

/** The other exports of an entry point, and why each is not walked. */
export const libOthers: Readonly<Record<string, string>> = {
  partsLike: 'internal: its leaves come from alignLeaves',
  guard: 'the guards themselves, which are told what to check by code of norewind',
  kernels:
    'what primitives compute, on operands that are checked: they run in every step of every eager program',
  wasm: 'the machine that plans run on, which are made by norewind',
  inspect: 'a symbol',
  longestSignature: 'a number',
  operatorAdvice: 'a sentence',
};
