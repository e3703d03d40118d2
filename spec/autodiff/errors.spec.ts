import { expect } from 'chai';
import {
  abs,
  add,
  argmax,
  broadcastTo,
  clip,
  concat,
  div,
  dot,
  gather,
  grad,
  greater,
  hvp,
  jvp,
  linearize,
  logSumExp,
  matmul,
  max,
  maximum,
  mean,
  mul,
  outer,
  pow,
  relu,
  reshape,
  scatterAdd,
  slice,
  softmax,
  softplus,
  stack,
  sub,
  sum,
  tanh,
  transpose,
  valueAndGrad,
  where,
} from '../../autodiff/index.ts';
import {
  ConfigurationError,
  DTypeError,
  IndexError,
  indices,
  labelTree,
  ShapeError,
  type Tensor,
  TreeError,
  tensor,
  zeros,
} from '../../lib/index.ts';

const narrow = (shape: readonly number[]) => zeros(shape, { dtype: 'float32' });

describe('dtype errors', () => {
  it('nothing is promoted', () => {
    const message = (name: string) =>
      `${name}: float32 with float64; nothing is promoted, convert one of them with cast`;
    for (const operation of [add, mul, div, pow, maximum, greater])
      expect(() => operation(narrow([2]), zeros([2])), operation.name).to.throw(
        DTypeError,
        message(operation.name),
      );
    expect(() => sub(narrow([2]), zeros([2]))).to.throw(DTypeError, message('add'));
    expect(() => matmul(narrow([2, 3]), zeros([3]))).to.throw(DTypeError, message('matmul'));
    expect(() => concat([narrow([2]), zeros([3])])).to.throw(DTypeError);
  });

  it('names the operands', () => {
    const { params } = labelTree({ params: { w: narrow([2, 3]) } }, '');
    expect(() => matmul(params.w, zeros([3]))).to.throw(
      DTypeError,
      'matmul: float32 with float64; nothing is promoted, convert one of them with cast: left is params.w',
    );
  });

  it('indices are not operands of arithmetic', () => {
    const ids = indices([0, 1]);
    const message = (name: string) =>
      `${name}: needs float32 or float64, got int32 (indices carry no tangent)`;
    expect(() => add(ids, ids)).to.throw(DTypeError, message('add'));
    expect(() => mul(ids, 2)).to.throw(DTypeError, message('scale'));
    expect(() => tanh(ids)).to.throw(DTypeError, message('tanh'));
    expect(() => sum(ids)).to.throw(DTypeError, message('sum'));
    expect(() => matmul(ids, ids)).to.throw(DTypeError, message('matmul'));
    for (const operation of [relu, abs, softplus, max, logSumExp, softmax, argmax, mean])
      expect(() => operation(ids), operation.name).to.throw(DTypeError, 'got int32');
  });

  it('numbers are not indices', () => {
    const message = 'needs an int32 tensor of indices, got float64; make one with indices([...])';
    expect(() => gather(zeros([3, 2]), zeros([2]))).to.throw(DTypeError, `gather: ${message}`);
    expect(() => scatterAdd(zeros([2]), zeros([2]), 3)).to.throw(DTypeError, `scatterAdd: ${message}`);
    expect(() => gather(zeros([3]), 0.5)).to.throw(DTypeError, 'gather: 0.5 is not a 32-bit whole number');
    expect(() => gather(zeros([3, 2]), indices([0, 3]))).to.throw(
      IndexError,
      'gather: index 3 is outside 0..2, the rows of a tensor [3,2]',
    );
    expect(() => scatterAdd(zeros([2]), indices([0, -1]), 3)).to.throw(
      IndexError,
      'scatterAdd: index -1 is outside 0..2',
    );
  });

  it('non-tensors from untyped code are refused by name', () => {
    // @ts-expect-error: a string
    expect(() => add('1', zeros([2]))).to.throw(DTypeError, 'add: needs a tensor or a number, got "1"');
    // @ts-expect-error: null
    expect(() => tanh(null)).to.throw(DTypeError, 'tanh: needs a tensor or a number, got null');
    // @ts-expect-error: no upper bound
    expect(() => clip(zeros([2]), 0)).to.throw(DTypeError, 'clip: needs a tensor or a number, got nothing');
    // @ts-expect-error: an array
    expect(() => gather(zeros([2]), [0, 1])).to.throw(
      DTypeError,
      'gather: needs an int32 tensor of indices or a number, got an array of 2; make a tensor of it with tensor(…)',
    );
  });

  it('tangents have the dtype of their tensors, and int32 tensors have none', () => {
    expect(() => jvp(tanh, [narrow([2])], [zeros([2])])).to.throw(
      DTypeError,
      'jvp(tanh): the tangent of argument 0 is float64, needs float32',
    );
    expect(() => jvp((ids: Tensor) => gather(zeros([3]), ids), [indices([1])], [indices([1])])).to.throw(
      DTypeError,
      'an int32 tensor carries no tangent; leave it undefined',
    );
    expect(() => linearize(tanh, narrow([2])).pull(zeros([2]))).to.throw(
      DTypeError,
      'linearize(tanh): cotangent is float64, needs float32',
    );
    expect(() => grad((x: Tensor) => argmax(x))(zeros([2]))).to.throw(
      DTypeError,
      'f returned an int32 tensor, which has no derivative',
    );
  });
});

describe('shape errors', () => {
  const { params, input } = labelTree({ params: { update: { w: zeros([32, 16]) } }, input: zeros([8]) }, '');

  it('name the operands by their labels, also when they carry tangents', () => {
    const product =
      'matmul: inner sizes differ, [32,16] · [8] (16 ≠ 8): left is params.update.w, right is input';
    expect(() => matmul(params.update.w, input)).to.throw(ShapeError, product);
    expect(() => linearize((w: Tensor) => matmul(w, input), params.update.w)).to.throw(ShapeError, product);
    expect(() =>
      jvp((w: Tensor) => grad((v: Tensor) => sum(matmul(w, v)))(input), [params.update.w], [zeros([32, 16])]),
    ).to.throw(ShapeError, product);
    expect(() => matmul(params.update.w, input, { transposeLeft: true })).to.throw(
      ShapeError,
      'matmul: inner sizes differ, [32,16]ᵀ · [8] (32 ≠ 8)',
    );
    expect(() => matmul(input, params.update.w, { transposeRight: true })).to.throw(
      ShapeError,
      '[8] · [32,16]ᵀ (8 ≠ 16): left is input, right is params.update.w',
    );
    for (const operation of [add, sub, mul, div, maximum])
      expect(() => operation(params.update.w, input), operation.name).to.throw(
        ShapeError,
        `${operation.name}: shapes [32,16] and [8] do not broadcast: left is params.update.w, right is input`,
      );
  });

  it('say which shapes do not fit', () => {
    expect(() => matmul(zeros([2, 3, 4]), zeros([4]))).to.throw(
      ShapeError,
      'matmul: needs matrices or vectors, got [2,3,4] and [4]',
    );
    expect(() => matmul(tensor(1), zeros([4]))).to.throw(
      ShapeError,
      'matmul: needs matrices or vectors, got [] and [4]',
    );
    expect(() => outer(zeros([2, 3]), zeros([4]))).to.throw(
      ShapeError,
      'outer: needs two vectors, got [2,3] and [4]',
    );
    expect(() => dot(zeros([2]), zeros([3]))).to.throw(ShapeError, 'dot: shapes differ, [2] and [3]');
    expect(() => reshape(zeros([2, 3]), [4, -1])).to.throw(
      ShapeError,
      'reshape: [2,3] has 6 elements, which [4,-1] cannot hold',
    );
    expect(() => transpose(zeros([2, 3]), [0])).to.throw(
      ShapeError,
      'transpose: the order [0] does not name each axis of [2,3] once',
    );
    expect(() => transpose(zeros([2, 3]), [0, 0])).to.throw(ShapeError, 'named twice');
    expect(() => slice(zeros([2, 3]), [0, 2], [2, 4])).to.throw(
      ShapeError,
      'slice: from [0,2] to [2,4] is not a block of [2,3]; give one entry an axis',
    );
    expect(() => slice(zeros([2, 3]), [0])).to.throw(
      ShapeError,
      'slice: from [0] to [2,3] is not a block of [2,3]',
    );
    expect(() => concat([zeros([2, 3]), zeros([3, 2])])).to.throw(
      ShapeError,
      'concat: [3,2] does not join [2,3] along axis 0',
    );
    expect(() => concat([])).to.throw(ShapeError, 'concat: needs at least one tensor');
    expect(() => concat([1, 2])).to.throw(
      ShapeError,
      'concat: scalars have no axis to join along; use stack',
    );
    expect(() => stack([zeros([2]), zeros([3])])).to.throw(
      ShapeError,
      'stack: all must have one shape, got [2] and [3]',
    );
    expect(() => stack([zeros([2]), zeros([2], { dtype: 'float32' })])).to.throw(
      DTypeError,
      'stack: float64',
    );
    expect(() => jvp((_: Tensor) => undefined as never, [tensor(1)], [tensor(1)])).to.throw(
      TreeError,
      'nothing at the top is not a tree: use tensors, and arrays or records of them; a function whose body is in braces needs a return',
    );
    expect(() => where(tensor([1, 0]), 1, 2)).to.throw(
      DTypeError,
      'where: needs an int32 mask, such as greater(x, y), got a float64 tensor',
    );
    expect(() => broadcastTo(zeros([2]), [2, 3])).to.throw(
      ShapeError,
      'broadcastTo: [2] does not broadcast to [2,3]',
    );
    expect(() => gather(tensor(1), 0)).to.throw(ShapeError, 'gather: a scalar has no rows');
    expect(() => scatterAdd(zeros([2]), indices([0, 1, 2]), 4)).to.throw(
      ShapeError,
      'scatterAdd: x of shape [2] does not begin with the shape of ids, [3]',
    );
    expect(() => sum(zeros([2, 3]), { axes: 2 })).to.throw(
      ShapeError,
      'sum: there is no axis 2 in a tensor with 2 axes',
    );
    for (const operation of [mean, max, logSumExp])
      expect(() => operation(zeros([2, 0])), operation.name).to.throw(
        ShapeError,
        `${operation.name}: of no elements is not defined; the shape is [2,0]`,
      );
    expect(() => where(indices([1, 0]), zeros([3]), 0)).to.throw(
      ShapeError,
      'where: shapes [3] and [2] do not broadcast',
    );
  });

  it('say which tangent or cotangent does not fit', () => {
    expect(() => jvp(tanh, [zeros([2, 3])], [zeros([3, 2])])).to.throw(
      ShapeError,
      'jvp(tanh): the tangent of argument 0 has shape [3,2], needs [2,3]',
    );
    const line = linearize((x: { w: Tensor }) => tanh(x.w), { w: zeros([2, 3]) });
    expect(() => line.push({ w: zeros([2]) })).to.throw(ShapeError, 'tangent 0 has shape [2], needs [2,3]');
    expect(() => line.pull(zeros([6]))).to.throw(ShapeError, 'cotangent has shape [6], needs [2,3]');
    // @ts-expect-error: another tree
    expect(() => line.push({ v: zeros([2, 3]) })).to.throw(TreeError, 'tangent 0: unexpected entry v');
    expect(() => grad(tanh as (x: Tensor) => Tensor)(zeros([2]))).to.throw(
      ShapeError,
      'grad(tanh): f must return a scalar, it returned shape [2]; use vjp or jacrev, or sum it',
    );
    expect(() => valueAndGrad((x: Tensor) => sum(x), { argument: 1 as 0 })(zeros([2]))).to.throw(
      ShapeError,
      'there is no argument 1; f was given 1',
    );
    // @ts-expect-error: no tensor
    expect(() => linearize(() => 'no', zeros([2]))).to.throw(TreeError);
    // @ts-expect-error: a tangent too many
    expect(() => line.push({ w: zeros([2, 3]) }, zeros([]))).to.throw(
      ConfigurationError,
      'linearize(f): 2 tangents, and 1 to differentiate by; give one for each',
    );
    // @ts-expect-error: a tangent too many
    expect(() => jvp(tanh, [zeros([])], [zeros([]), zeros([])])).to.throw(ConfigurationError, 'jvp(tanh): 2');
    // @ts-expect-error: no direction
    expect(() => hvp(tanh as (x: Tensor) => Tensor)(zeros([]))).to.throw(
      ConfigurationError,
      'hvp(tanh): the direction v must be a tree like x, got nothing',
    );
  });
});
