import { expect } from 'chai';
import fc from 'fast-check';
import { checkDerivatives, compile, grad, valueAndGrad } from '../../autodiff/index.ts';
import { DTypeError, IndexError, indices, ShapeError, seeded, type Tensor, tensor } from '../../lib/index.ts';
import { binaryCrossEntropy, crossEntropy, meanSquare } from '../../nn/index.ts';
import { numbersOf, requireClose } from '../../trainers/testing/numbers.ts';

const list = (length: number) =>
  fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { minLength: length, maxLength: length });
const logits = fc
  .integer({ min: 1, max: 6 })
  .chain((classes) => fc.record({ z: list(classes), k: fc.nat(classes - 1) }));
/** -log softmax(z)_k, computed naively. */
const plain = (z: readonly number[], k: number) =>
  Math.log(z.reduce((sum, x) => sum + Math.exp(x), 0)) - z[k];
const softmax = (z: readonly number[]) =>
  z.map((x) => Math.exp(x) / z.reduce((sum, y) => sum + Math.exp(y), 0));

describe('crossEntropy', () => {
  it('refuses a class that is a float, which would be taken as weights of all classes', () => {
    for (const dtype of ['float32', 'float64'] as const)
      expect(() => crossEntropy(tensor([0.1, 0.9]), tensor(1, { dtype }))).to.throw(
        DTypeError,
        `crossEntropy: the target is a ${dtype} scalar`,
      );
  });

  it('is -log softmax(z)_k in nats, for a number, an index and a distribution alike', () => {
    fc.assert(
      fc.property(logits, ({ z, k }) => {
        const targets = [k, indices(k), tensor(z.map((_, i) => (i === k ? 1 : 0)))];
        for (const target of targets) {
          const loss = crossEntropy(tensor(z), target);
          expect(loss.shape).to.deep.equal([]);
          requireClose([loss.item()], [plain(z, k)], 1e-13, 'loss');
        }
        expect(crossEntropy(tensor([0, 0, 0]), 1).item()).to.be.closeTo(Math.log(3), 1e-15);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('has the gradient softmax(z) - p', () => {
    fc.assert(
      fc.property(logits, ({ z, k }) => {
        const p = softmax(z.map((x) => x / 2));
        for (const [target, weights] of [
          [k, z.map((_, i) => (i === k ? 1 : 0))],
          [tensor(p), p],
        ] as const) {
          const gradient = grad((x: Tensor) => crossEntropy(x, target))(tensor(z));
          requireClose(
            numbersOf(gradient),
            softmax(z).map((x, i) => x - weights[i]),
            1e-13,
            'gradient',
          );
        }
      }),
      { seed: 2, numRuns: 30 },
    );
  });

  it('is the mean over lanes', () => {
    const z = seeded(3).normal([3, 4]);
    const rows = z.toArray() as number[][];
    const expected = (plain(rows[0], 2) + plain(rows[1], 0) + plain(rows[2], 3)) / 3;
    requireClose([crossEntropy(z, indices([2, 0, 3])).item()], [expected], 1e-14, 'indices');
    const distribution = tensor([
      [0, 0, 1, 0],
      [1, 0, 0, 0],
      [0, 0, 0, 1],
    ]);
    requireClose([crossEntropy(z, distribution).item()], [expected], 1e-14, 'distribution');
    checkDerivatives((x: Tensor) => crossEntropy(x, indices([2, 0, 3])), [z]);
  });

  it('keeps its digits for logits of any size', () => {
    expect(crossEntropy(tensor([1e4, 0, -1e4]), 0).item()).to.equal(0);
    expect(crossEntropy(tensor([1e4, 0, -1e4]), 2).item()).to.equal(2e4);
    expect(crossEntropy(tensor([1e300, 0]), 1).item()).to.equal(1e300);
    expect(numbersOf(grad((x: Tensor) => crossEntropy(x, 1))(tensor([800, -800])))).to.deep.equal([1, -1]);
  });

  it('counts 0 log 0 as 0: a class of probability 0 may have a logit of -∞', () => {
    const z = tensor([Number.NEGATIVE_INFINITY, 0, 0]);
    const loss = (x: Tensor) => crossEntropy(x, tensor([0, 0.5, 0.5]));
    for (const own of [loss, compile(loss)]) expect(own(z).item()).to.be.closeTo(Math.log(2), 1e-15);
    for (const own of [grad(loss), compile(grad(loss))]) expect(numbersOf(own(z))).to.deep.equal([0, 0, 0]);
  });

  it('refuses classes out of range and shapes that do not fit', () => {
    for (const bad of [3, -1]) {
      expect(() => crossEntropy(tensor([1, 2, 3]), bad)).to.throw(IndexError, `${bad}`);
      expect(() =>
        crossEntropy(
          tensor([
            [1, 2, 3],
            [1, 2, 3],
          ]),
          indices([0, bad]),
        ),
      ).to.throw(IndexError, `${bad}`);
    }
    expect(() => crossEntropy(tensor([1, 2, 3]), 0.5)).to.throw(DTypeError, '0.5');
    expect(() => crossEntropy(tensor([1, 2, 3]), tensor([1, 0]))).to.throw(
      ShapeError,
      'the output has shape [3], the target [2]',
    );
    expect(() =>
      crossEntropy(
        tensor([
          [1, 2],
          [3, 4],
        ]),
        1,
      ),
    ).to.throw(ShapeError, 'class indices of shape [] do not fit logits [2,2]');
    expect(() => crossEntropy(tensor([1, 2, 3]), indices([1]))).to.throw(
      ShapeError,
      'class indices of shape [1]',
    );
    expect(() => crossEntropy(tensor(1), 0)).to.throw(ShapeError, 'needs logits');
  });
});

describe('meanSquare', () => {
  it('is the mean of squared differences, with a number for all elements', () => {
    fc.assert(
      fc.property(list(6), list(6), fc.constantFrom([6], [2, 3], [3, 1, 2]), (a, b, shape) => {
        const shaped = (values: number[]) => reshaped(values, shape);
        const expected = a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0) / 6;
        requireClose([meanSquare(shaped(a), shaped(b)).item()], [expected], 1e-14, 'loss');
        const constant = a.reduce((sum, x) => sum + (x - 0.25) ** 2, 0) / 6;
        requireClose([meanSquare(shaped(a), 0.25).item()], [constant], 1e-14, 'loss of a number');
      }),
      { seed: 4, numRuns: 30 },
    );
  });

  it('does not broadcast a target, which would hide a mistake', () => {
    for (const target of [tensor([1]), tensor([[1]]), tensor([1, 2, 3, 4])])
      expect(() => meanSquare(tensor([[1, 2, 3, 4]]), target)).to.throw(
        ShapeError,
        'meanSquare: the output has shape [1,4]',
      );
    // A scalar counts as a number: in a traced step, a number is a scalar.
    expect(meanSquare(tensor([[1, 2, 3, 4]]), tensor(1)).item()).to.equal(
      meanSquare(tensor([[1, 2, 3, 4]]), 1).item(),
    );
  });
});

describe('binaryCrossEntropy', () => {
  it('is -t log σ(z) - (1-t) log(1-σ(z))', () => {
    fc.assert(
      fc.property(
        list(4),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (z, t) => {
          const sigma = (x: number) => 1 / (1 + Math.exp(-x));
          const expected =
            z.reduce((sum, x, i) => sum - t[i] * Math.log(sigma(x)) - (1 - t[i]) * Math.log(sigma(-x)), 0) /
            4;
          requireClose([binaryCrossEntropy(tensor(z), tensor(t)).item()], [expected], 1e-13, 'loss');
          const gradient = grad((x: Tensor) => binaryCrossEntropy(x, tensor(t)))(tensor(z));
          requireClose(
            numbersOf(gradient),
            z.map((x, i) => (sigma(x) - t[i]) / 4),
            1e-13,
            'gradient',
          );
        },
      ),
      { seed: 5, numRuns: 30 },
    );
  });

  it('keeps its digits for logits of any size', () => {
    expect(binaryCrossEntropy(tensor([1e4]), 1).item()).to.equal(0);
    expect(binaryCrossEntropy(tensor([1e4]), 0).item()).to.equal(1e4);
    expect(binaryCrossEntropy(tensor([-1e4]), 1).item()).to.equal(1e4);
  });

  it('has its limits at infinite logits, in value and derivative', () => {
    const infinity = Number.POSITIVE_INFINITY;
    const limits: readonly (readonly [logit: number, target: number, value: number, slope: number])[] = [
      [infinity, 1, 0, 0],
      [infinity, 0, infinity, 1],
      [infinity, 0.25, infinity, 0.75],
      [-infinity, 0, 0, 0],
      [-infinity, 1, infinity, -1],
      [-infinity, 0.25, infinity, -0.25],
      [Number.NaN, 1, Number.NaN, Number.NaN],
      [Number.NaN, 0, Number.NaN, Number.NaN],
    ];
    for (const dtype of ['float32', 'float64'] as const)
      for (const [logit, t, value, slope] of limits)
        for (const target of [t, tensor([t], { dtype }), tensor(t, { dtype })]) {
          const f = valueAndGrad((z: Tensor) => binaryCrossEntropy(z, target));
          for (const g of [f, compile(f)]) {
            const [loss, gradient] = g(tensor([logit], { dtype }));
            expect([loss.item(), ...numbersOf(gradient)], `${logit}, ${t}`).to.deep.equal([value, slope]);
          }
        }
    // One certain element of many must not lose the others; derivatives by the target are kept too.
    expect(binaryCrossEntropy(tensor([infinity, 0]), tensor([1, 0])).item()).to.equal(Math.LN2 / 2);
    const byTarget = grad((t: Tensor) => binaryCrossEntropy(tensor([2, -3]), t))(tensor([1, 0]));
    expect(numbersOf(byTarget)).to.deep.equal([-1, 1.5]);
  });

  it('refuses a target of classes, as meanSquare does', () => {
    for (const loss of [binaryCrossEntropy, meanSquare])
      expect(() => loss(tensor([1, 2]), indices([0, 1])), loss.name).to.throw(
        DTypeError,
        `${loss.name}: the target is int32, which holds classes; give real numbers, as tensor([...]), or take crossEntropy for classes`,
      );
  });

  it('does not broadcast a target', () => {
    expect(() => binaryCrossEntropy(tensor([1, 2]), tensor([1]))).to.throw(
      ShapeError,
      'binaryCrossEntropy: the output has shape [2]',
    );
  });
});

function reshaped(values: readonly number[], shape: readonly number[]): Tensor {
  const [last, ...outer] = shape.toReversed();
  let nested: unknown[] = Array.from({ length: values.length / last }, (_, i) =>
    values.slice(i * last, (i + 1) * last),
  );
  for (const length of outer.slice(0, -1))
    nested = Array.from({ length: nested.length / length }, (_, i) =>
      nested.slice(i * length, (i + 1) * length),
    );
  return tensor((shape.length === 1 ? nested[0] : nested) as never);
}
