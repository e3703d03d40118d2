import {
  argmax,
  cumsum,
  dot,
  globalNorm,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  mean,
  min,
  norm,
  outer,
  prod,
  slice,
  softmax,
  std,
  sum,
  variance,
} from '../../../../autodiff/index.ts';
import type { Tensor } from '../../../../lib/index.ts';
import { type Case, infinity, nan, ofVector } from './cases.ts';

const first = (x: Tensor) => slice(x, [0], [1]);

/** Functions of many numbers. */
export const vectors: readonly Case[] = [
  ofVector('sum', sum, ({ tiny, huge }) => [
    [[-0, -0], 0, [1, 1], 'a sum begins with 0'],
    [[infinity, 1, infinity], infinity, [1, 1, 1], 'linear, everywhere'],
    [[infinity, 1, -infinity], nan, [1, 1, 1], 'IEEE: invalid'],
    [[1, nan], nan, [1, 1], 'NaN goes through'],
    [[tiny, tiny, tiny], 3 * tiny, [1, 1, 1], 'subnormal numbers add up exactly'],
    [[huge, huge], infinity, [1, 1], 'overflows'],
  ]),
  ofVector('mean', mean, ({ tiny, huge }) => [
    [new Array<number>(49).fill(1), 1, new Array<number>(49).fill(1 / 49), 'one division, and no reciprocal'],
    [[-0, -0], 0, [0.5, 0.5], 'a sum begins with 0'],
    [[infinity, 1], infinity, [0.5, 0.5], 'linear, everywhere'],
    [[1, nan], nan, [0.5, 0.5], 'NaN goes through'],
    [[2 * tiny, 4 * tiny], 3 * tiny, [0.5, 0.5], 'exact'],
    [[huge, huge], infinity, [0.5, 0.5], 'NumPy: the sum overflows'],
  ]),
  ofVector('max', max, ({ tiny, huge }) => [
    [[tiny, tiny, 0], tiny, [0.5, 0.5, 0], 'ties share, and keep their last bit'],
    [[huge, huge, 1], huge, [0.5, 0.5, 0], 'ties share, without overflow'],
    [[infinity, 1, infinity], infinity, [0.5, 0, 0.5], 'ties share'],
    [[-infinity, -infinity], -infinity, [0.5, 0.5], 'ties share'],
    [[1, nan], nan, [0.5, 0.5], 'NaN goes through; neither is larger'],
  ]),
  ofVector('min', min, ({ tiny, huge }) => [
    [[tiny, tiny, 1], tiny, [0.5, 0.5, 0], 'ties share, and keep their last bit'],
    [[-huge, -huge, 1], -huge, [0.5, 0.5, 0], 'ties share, without overflow'],
    [[-infinity, 1, -infinity], -infinity, [0.5, 0, 0.5], 'ties share'],
    [[infinity, infinity], infinity, [0.5, 0.5], 'ties share'],
    [[1, nan], nan, [0.5, 0.5], 'NaN goes through; neither is smaller'],
  ]),
  ofVector('argmax', argmax, ({ tiny }) => [
    [[1, nan, 3, nan], 1, [], 'NumPy: the first NaN'],
    [[nan, infinity], 0, [], 'NumPy: the first NaN'],
    [[infinity, infinity], 0, [], 'the first of those that tie'],
    [[-infinity, -infinity], 0, [], 'the first of those that tie'],
    [[-0, 0], 0, [], '0 and -0 tie'],
    [[0, tiny], 1, [], 'subnormal numbers are larger than 0'],
  ]),
  ofVector('logSumExp', logSumExp, ({ tiny, huge }) => [
    [[huge, huge], huge, [0.5, 0.5], 'log 2 rounds away, without overflow of e^x'],
    [[-huge, -huge], -huge, [0.5, 0.5], 'log 2 rounds away, without underflow of e^x'],
    [[infinity, 0], infinity, [0, 0], 'SciPy: ∞; ∞/∞ and 1/∞ are shares that 0 wins'],
    [[-infinity, 0], 0, [0, 1], 'no probability, no derivative'],
    [[-infinity, -infinity], -infinity, [0, 0], 'the logarithm of nothing; a zero wins over its pole'],
    [[nan, 0], nan, [nan, nan], 'NaN goes through'],
    [[tiny, -0], Math.LN2, [0.5, 0.5], 'rounded'],
  ]),
  ofVector(
    'logSoftmax',
    (x) => first(logSoftmax(x)),
    ({ huge }) => [
      [[huge, 0], 0, [0, 0], 'certain'],
      [[0, huge], -huge, [1, -1], 'as far below the largest'],
      [[-infinity, 0], -infinity, [1, -1], 'no probability'],
      [[infinity, 0], nan, [1, 0], 'IEEE: ∞ - ∞'],
      [[nan, 0], nan, [nan, nan], 'NaN goes through'],
    ],
  ),
  ofVector(
    'softmax',
    (x) => first(softmax(x)),
    ({ huge, tiny }) => [
      [[huge, 0], 1, [0, 0], 'certain'],
      [[0, huge], 0, [0, 0], 'saturated'],
      [[-infinity, 0], 0, [0, 0], 'no probability, no derivative'],
      [[tiny, 0], 0.5, [0.25, -0.25], 'rounded'],
      [[nan, 0], nan, [nan, nan], 'NaN goes through'],
    ],
  ),
  ofVector('norm', norm, ({ tiny, huge }) => [
    [[0, -0], 0, [0, 0], 'a kink: the middle of its slopes'],
    [[tiny, 0], tiny, [1, 0], 'without underflow of squares'],
    [[3 * tiny, 4 * tiny], 5 * tiny, [0.6, 0.8], 'without underflow of squares'],
    [[huge, 0], huge, [1, 0], 'without overflow of squares'],
    [[huge, huge], infinity, [Math.SQRT1_2, Math.SQRT1_2], 'overflows itself, its derivative does not'],
    [[infinity, 1], infinity, [0, 0], 'no direction: ∞/∞ is no number, and 0 wins'],
    [[nan, 1], nan, [nan, nan], 'NaN goes through'],
  ]),
  ofVector(
    'globalNorm',
    (x) => globalNorm([x]),
    ({ tiny, huge }) => [
      [[0, -0], 0, [0, 0], 'a kink: the middle of its slopes'],
      [[tiny, 0], tiny, [1, 0], 'without underflow of squares'],
      [[3 * tiny, 4 * tiny], 5 * tiny, [0.6, 0.8], 'without underflow of squares'],
      [[huge, 0], huge, [1, 0], 'without overflow of squares'],
      [[huge, huge], infinity, [0, 0], 'overflows itself, and then nothing is a share of it'],
      [[infinity, 1], infinity, [0, 0], 'no direction: ∞/∞ is no number, and 0 wins'],
      [[nan, 1], nan, [nan, nan], 'NaN goes through'],
    ],
  ),
  ofVector('variance', variance, ({ tiny }) => [
    [[3, 3], 0, [0, 0], 'the lowest point'],
    [[tiny, -tiny], 0, [tiny, -tiny], 'underflows, its derivative does not'],
    [[infinity, 1], nan, [nan, nan], 'no distance from an infinite mean'],
    [[nan, 1], nan, [nan, nan], 'NaN goes through'],
  ]),
  ofVector('std', std, ({ tiny, huge }) => [
    [[3, 3], 0, [0, 0], 'a kink: the middle of its slopes'],
    [[tiny, -tiny], tiny, [0.5, -0.5], 'without underflow of squares'],
    [[huge, -huge], huge, [0.5, -0.5], 'without overflow of squares'],
    [[nan, 1], nan, [nan, nan], 'NaN goes through'],
  ]),
  ofVector('prod', prod, ({ tiny, huge }) => [
    [[0, 2, 3], 0, [6, 0, 0], 'the product of the others'],
    [[0, 0, 3], 0, [0, 0, 0], 'the product of the others'],
    [[0, infinity], nan, [infinity, 0], 'IEEE: invalid'],
    [[nan, 2], nan, [2, nan], 'NaN goes through'],
    [[tiny, 0.5], 0, [0.5, tiny], 'underflows'],
    [[huge, 2], infinity, [2, huge], 'overflows'],
  ]),
  ofVector('cumsum', cumsum, ({ tiny, huge }) => [
    [[-0, -0], [0, 0], [2, 1], 'a sum begins with 0'],
    [[1, infinity, 2], [1, infinity, infinity], [3, 2, 1], 'what follows is infinite too'],
    [[infinity, -infinity, 1], [infinity, nan, nan], [3, 2, 1], 'IEEE: invalid, and NaN stays'],
    [[nan, 1], [nan, nan], [2, 1], 'NaN stays'],
    [[tiny, tiny], [tiny, 2 * tiny], [2, 1], 'subnormal numbers add up exactly'],
    [[huge, huge], [huge, infinity], [2, 1], 'overflows'],
  ]),
  {
    about: ['dot'],
    operation: dot,
    rows: ({ tiny, huge }) => [
      {
        operands: [
          [0, 1],
          [infinity, 2],
        ],
        value: nan,
        slopes: [
          [infinity, 2],
          [0, 1],
        ],
        why: 'IEEE: only derivatives have strong zeros',
      },
      {
        operands: [
          [1, nan],
          [2, 0],
        ],
        value: nan,
        slopes: [
          [2, 0],
          [1, nan],
        ],
        why: 'NaN goes through',
      },
      {
        operands: [
          [huge, 1],
          [2, 1],
        ],
        value: infinity,
        slopes: [
          [2, 1],
          [huge, 1],
        ],
        why: 'overflows',
      },
      {
        operands: [
          [tiny, tiny],
          [1, 2],
        ],
        value: 3 * tiny,
        slopes: [
          [1, 2],
          [tiny, tiny],
        ],
        why: 'exact',
      },
    ],
  },
  {
    about: ['matmul'],
    operation: (x, y) => matmul(x, y),
    rows: ({ tiny }) => [
      {
        operands: [
          [
            [0, 1],
            [infinity, 2],
          ],
          [1, tiny],
        ],
        value: [tiny, infinity],
        slopes: [
          [
            [1, tiny],
            [1, tiny],
          ],
          [infinity, 3],
        ],
        why: 'row by row',
      },
      {
        operands: [[[0, 1]], [infinity, 1]],
        value: [nan],
        slopes: [[[infinity, 1]], [0, 1]],
        why: 'IEEE: 0 times ∞ is invalid',
      },
      { operands: [[[nan, 1]], [0, 1]], value: [nan], slopes: [[[0, 1]], [nan, 1]], why: 'NaN goes through' },
    ],
  },
  {
    about: ['outer'],
    operation: outer,
    rows: ({ huge }) => [
      {
        operands: [
          [0, infinity],
          [1, -2],
        ],
        value: [
          [0, -0],
          [infinity, -infinity],
        ],
        slopes: [
          [-1, -1],
          [infinity, infinity],
        ],
        why: 'every pair by itself',
      },
      {
        operands: [[huge], [2, nan]],
        value: [[infinity, nan]],
        slopes: [[nan], [huge, huge]],
        why: 'overflows, and NaN goes through',
      },
    ],
  },
];
