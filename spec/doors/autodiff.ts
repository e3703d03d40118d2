import { type compile, dual, mul, type OpenBatch, square, sum, trace } from '../../autodiff/index.ts';
import { indices, ones, type Tensor, zeros } from '../../lib/index.ts';
import { matrix, x } from './lib.ts';
import { type Doors, door, methods, namedDoor, openDoor } from './walk.ts';

const loss = (v: Tensor) => sum(square(v));
const program = () => trace('f', (declare) => square(declare({ shape: [2], dtype: 'float64' }))).program;
/** A function that was made by a transform. */
const made = (good: () => readonly unknown[]) => (call: (...args: readonly unknown[]) => unknown) => ({
  call: { ...openDoor(good), call },
});
const unary = door(() => [x()]);
const binary = door(() => [x(), x()]);
const reduction = door(() => [matrix(), { axes: [0], keepDims: true }]);
const spread = door(() => [matrix(), { axes: [0], keepDims: true, ddof: 1 }]);

/**
 * An operation that is added needs a line here: arguments that are right, and the walk finds out what happens
 * with wrong ones.
 */
const operationDoors: Doors = {
  abs: unary,
  add: binary,
  argmax: unary,
  atan: unary,
  broadcastTo: door(() => [x(), [3, 2]]),
  clip: door(() => [x(), -1, 1]),
  concat: door(() => [[x(), x()], 0]),
  cos: unary,
  cumsum: door(() => [matrix(), { axis: 0 }]),
  div: binary,
  dot: binary,
  erf: unary,
  exp: unary,
  expm1: unary,
  floor: unary,
  gather: door(() => [matrix(), indices([1])]),
  globalNorm: door(() => [[x(), x()], { unit: 2 }]),
  greater: binary,
  less: binary,
  log: unary,
  log1p: unary,
  logSoftmax: door(() => [matrix(), { axis: 0 }]),
  logSumExp: reduction,
  matmul: door(() => [matrix(), matrix(), { transposeLeft: true, transposeRight: true }]),
  max: reduction,
  maximum: binary,
  mean: reduction,
  min: reduction,
  minimum: binary,
  mul: binary,
  strongMul: binary,
  neg: unary,
  norm: reduction,
  outer: binary,
  pow: door(() => [x(), 2]),
  prod: reduction,
  relu: unary,
  reshape: door(() => [matrix(), [4]]),
  scatterAdd: door(() => [matrix(), indices([0, 2]), 3]),
  sigmoid: unary,
  sign: unary,
  sin: unary,
  slice: door(() => [x(), [0], [1]]),
  softmax: door(() => [matrix(), { axis: 0 }]),
  softplus: unary,
  sqrt: unary,
  square: unary,
  stack: door(() => [[x(), x()], 0]),
  std: spread,
  stopGradient: unary,
  sub: binary,
  sum: reduction,
  tanh: unary,
  transpose: door(() => [matrix(), [1, 0]]),
  var: spread,
  variance: spread,
  where: door(() => [indices([1, 0]), x(), x()]),
};

export const autodiffDoors: Doors = {
  ...operationDoors,
  bilinear: door(
    () => [
      {
        name: 'product',
        shape: (shape: unknown) => shape,
        evaluate: mul,
        transposes: [mul, mul],
      },
    ],
    made(() => [x(), x()]),
  ),
  custom: door(
    () => [
      {
        name: 'twice',
        value: (v: Tensor) => mul(v, 2),
        push: (_: unknown, [v]: Tensor[]) => mul(v, 2),
        shape: (shape: unknown) => shape,
      },
    ],
    made(() => [x()]),
  ),
  linear: door(
    () => [
      {
        name: 'all',
        shape: () => [],
        evaluate: (v: Tensor) => sum(v),
        transpose: (c: Tensor) => mul(c, ones([2])),
      },
    ],
    made(() => [x()]),
  ),
  smooth: door(
    () => [{ name: 'cube', evaluate: (v: number) => v ** 3, partials: [(v: Tensor) => mul(square(v), 3)] }],
    made(() => [x()]),
  ),
  checkDerivatives: door(() => [loss, [x()], { order: 1, step: 0.1, tolerance: 1e-6, seed: 1 }]),
  compile: door(
    () => [loss, { relaxedSimd: false }],
    (f: ReturnType<typeof compile>) => ({
      ...made(() => [x()])(f),
      ...methods(f, { program: openDoor(() => [x()]) }),
    }),
  ),
  dependencies: openDoor(() => [square, x()]),
  partialDependencies: openDoor(() => [square, [x()], []]),
  dual: openDoor(() => [{ w: x() }, { w: x() }]),
  primal: openDoor(() => [{ w: dual(x(), x()) }]),
  tangent: openDoor(() => [{ w: dual(x(), x()) }]),
  isUnderTransform: door(() => []),
  grad: door(
    () => [loss, { argument: 0 }],
    made(() => [x()]),
  ),
  valueAndGrad: door(
    () => [loss, { argument: 0 }],
    made(() => [x()]),
  ),
  hessian: door(
    () => [loss],
    made(() => [x()]),
  ),
  hvp: door(
    () => [loss],
    made(() => [x(), x()]),
  ),
  jacfwd: door(
    () => [square],
    made(() => [x()]),
  ),
  jacrev: door(
    () => [square],
    made(() => [x()]),
  ),
  vmap: door(
    () => [square],
    made(() => [x()]),
  ),
  withBatch: openDoor(() => [2, ({ leave }: OpenBatch) => leave(x())]),
  jvp: openDoor(() => [loss, [x()], [x()]]),
  linearize: door(
    () => [square, x()],
    (line: object) => methods(line, { push: openDoor(() => [x()]), pull: openDoor(() => [x()]) }),
  ),
  dissect: openDoor(() => [(theta: Tensor) => ({ y: square(theta) }), x()]),
  vjp: door(
    () => [square, x()],
    ([, pull]: [Tensor, (...args: readonly unknown[]) => unknown]) => made(() => [x()])(pull),
  ),
  Execution: openDoor(() => [program(), {}]),
  explain: namedDoor([0], () => ['f', () => zeros([2]), {}]),
  checkProgram: openDoor(() => [program()]),
  evaluateProgram: openDoor(() => [program(), [x()]]),
  printProgram: openDoor(() => [program()]),
  trace: namedDoor([0], () => ['f', () => zeros([2])]),
};

export const autodiffOthers: Readonly<Record<string, string>> = {};
