import {
  broadcastTo,
  concat,
  gather,
  reshape,
  scatterAdd,
  slice,
  stack,
  stopGradient,
  transpose,
} from '../../../../autodiff/index.ts';
import { type Case, infinity, nan } from './cases.ts';

const why = 'elements move as they are';

/** Operations that move elements. */
export const layouts: readonly Case[] = [
  {
    about: ['reshape'],
    operation: (x) => reshape(x, [3, 2]),
    rows: ({ tiny, huge }) => [
      {
        operands: [[0, -0, infinity, nan, tiny, huge]],
        value: [
          [0, -0],
          [infinity, nan],
          [tiny, huge],
        ],
        slopes: [[1, 1, 1, 1, 1, 1]],
        why,
      },
    ],
  },
  {
    about: ['transpose'],
    operation: (x) => transpose(x),
    rows: ({ tiny }) => [
      {
        operands: [
          [
            [-0, infinity],
            [nan, tiny],
          ],
        ],
        value: [
          [-0, nan],
          [infinity, tiny],
        ],
        slopes: [
          [
            [1, 1],
            [1, 1],
          ],
        ],
        why,
      },
    ],
  },
  {
    about: ['broadcastTo'],
    operation: (x) => broadcastTo(x, [2, 3]),
    rows: ({ tiny }) => [
      {
        operands: [[-0, nan, tiny]],
        value: [
          [-0, nan, tiny],
          [-0, nan, tiny],
        ],
        slopes: [[2, 2, 2]],
        why,
      },
    ],
  },
  {
    about: ['slice'],
    operation: (x) => slice(x, [1], [4]),
    rows: ({ huge }) => [
      {
        operands: [[nan, -0, infinity, -huge, nan]],
        value: [-0, infinity, -huge],
        slopes: [[0, 1, 1, 1, 0]],
        why: 'elements move as they are, and those left behind have no influence',
      },
    ],
  },
  {
    about: ['concat'],
    operation: (x, y) => concat([x, y]),
    rows: ({ tiny }) => [
      {
        operands: [
          [0, infinity],
          [nan, tiny],
        ],
        value: [0, infinity, nan, tiny],
        slopes: [
          [1, 1],
          [1, 1],
        ],
        why,
      },
    ],
  },
  {
    about: ['stack'],
    operation: (x, y) => stack([x, y]),
    rows: ({ huge }) => [
      {
        operands: [
          [0, infinity],
          [nan, -huge],
        ],
        value: [
          [0, infinity],
          [nan, -huge],
        ],
        slopes: [
          [1, 1],
          [1, 1],
        ],
        why,
      },
    ],
  },
  {
    about: ['gather'],
    operation: (x, ids) => gather(x, ids),
    integers: [1],
    rows: ({ tiny }) => [
      {
        operands: [
          [nan, -0, infinity, tiny],
          [3, 1, 3],
        ],
        value: [tiny, -0, tiny],
        slopes: [[0, 1, 0, 2], undefined],
        why: 'rows move as they are, and those left behind have no influence',
      },
    ],
  },
  {
    about: ['scatterAdd'],
    operation: (x, ids) => scatterAdd(x, ids, 4),
    integers: [1],
    rows: ({ tiny, huge }) => [
      {
        operands: [
          [tiny, infinity, tiny, nan, huge],
          [0, 1, 0, 2, 3],
        ],
        value: [2 * tiny, infinity, nan, huge],
        slopes: [[1, 1, 1, 1, 1], undefined],
        why: 'rows add up where they meet',
      },
    ],
  },
  {
    about: ['stopGradient'],
    operation: (x) => stopGradient(x),
    rows: ({ tiny }) => [
      {
        operands: [[-0, infinity, nan, tiny]],
        value: [-0, infinity, nan, tiny],
        slopes: [[0, 0, 0, 0]],
        why: 'the value, and no derivative',
      },
    ],
  },
];
