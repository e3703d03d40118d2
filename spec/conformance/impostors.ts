import { mul, transpose } from '../../autodiff/index.ts';
import { mapTree, type Tensor, type Tree } from '../../lib/index.ts';
import { linear, lstm, meanSquare, model } from '../../nn/index.ts';
import {
  bptt,
  diagonal,
  type Estimator,
  eprop,
  frozen,
  kfRtrl,
  noBackTrack,
  rKfRtrl,
  rtrl,
  snap,
  tbptt,
  uoro,
} from '../../trainers/index.ts';
import { impostors as pairs } from '../trainers/impostors.ts';
import type { Case } from './cases.ts';
import type { Problem } from './problems.ts';
import type { Ran } from './run.ts';

/** One thing wrong in an implementation, and the cases that it is an implementation of. */
export interface Impostor {
  readonly fault: string;
  appliesTo(problem: Problem, own: Case): boolean;
  readonly estimator?: () => Estimator;
  readonly problem?: (problem: Problem) => Problem;
  readonly rate?: (rate: number) => number;
  readonly signs?: (signs: Ran['signs']) => Ran['signs'];
}

const named =
  (name: string, more: Partial<Case['settings']> = {}) =>
  (_: Problem, own: Case) =>
    own.estimator === name && Object.entries(more).every(([key, value]) => own.settings[key] === value);

const isUoro = named('uoro', { rank: 1 });

/** Others are estimators with another rule, on the right cell. */
const wrongRules: readonly Impostor[] = [
  ...Object.entries(pairs).map(([fault, estimator]) => ({
    fault: `UORO that ${fault}`,
    appliesTo: isUoro,
    estimator,
  })),
  { fault: 'UORO with another ε', appliesTo: isUoro, estimator: () => uoro({ epsilon: 1e-7 }) },
  { fault: 'UORO for NoBackTrack', appliesTo: named('no_back_track'), estimator: uoro },
  { fault: 'NoBackTrack for UORO', appliesTo: isUoro, estimator: noBackTrack },
  {
    fault: 'KF-RTRL with another ε',
    appliesTo: named('kf_rtrl'),
    estimator: () => kfRtrl({ epsilon: 1e-7 }),
  },
  {
    fault: 'reverse KF-RTRL with another ε',
    appliesTo: named('reverse_kf_rtrl'),
    estimator: () => rKfRtrl({ epsilon: 1e-7 }),
  },
  { fault: 'RTRL without the past', appliesTo: named('rtrl'), estimator: frozen },
  // On a tanh network own-unit traces are SnAp-1.
  { fault: 'RTRL that keeps the own units only', appliesTo: named('rtrl'), estimator: diagonal },
  { fault: 'SnAp-1 that keeps all', appliesTo: named('snap', { pairing: 'exact' }), estimator: rtrl },
  {
    fault: 'SnAp-1 by the other pairing',
    appliesTo: named('snap', { pairing: 'exact' }),
    estimator: () => snap({ n: 1, pairing: 'published' }),
  },
  {
    fault: 'the published SnAp-1 by the other pairing',
    appliesTo: named('snap', { pairing: 'published' }),
    estimator: () => snap({ n: 1 }),
  },
  { fault: 'own-unit traces through the gates alone', appliesTo: named('own_unit_traces'), estimator: eprop },
  {
    fault: 'e-prop with recurrent weights',
    appliesTo: named('e_prop', { pairing: 'exact' }),
    estimator: diagonal,
  },
  {
    fault: 'TBPTT through the truncated state',
    appliesTo: named('tbptt', { stride: 1 }),
    estimator: () => tbptt({ window: 4, stride: 1 }),
  },
  {
    fault: 'TBPTT with a window that is one short',
    appliesTo: named('tbptt', { stride: 1 }),
    estimator: () => tbptt({ window: 2, stride: 1 }),
  },
  {
    fault: 'TBPTT that begins each window in the start state',
    appliesTo: named('tbptt', { stride: 2 }),
    estimator: () => bptt({ length: 2 }),
  },
];

/** Signs in another order, or used twice. */
const wrongSigns: readonly Impostor[] = [
  {
    fault: 'the signs of the step before',
    appliesTo: (_, { draws }) => draws !== 'nothing' && draws !== 'parameters',
    signs: (signs) => [signs[0], ...signs.slice(0, -1)],
  },
  {
    fault: 'the signs of a step backwards',
    appliesTo: (_, { draws }) => draws === 'state' || draws === 'units',
    signs: (signs) =>
      signs.map((update) =>
        update.map((draw) =>
          Object.fromEntries(Object.entries(draw).map(([name, own]) => [name, own.toReversed()])),
        ),
      ),
  },
];

const isRtrl = (own: Case) => own.estimator === 'rtrl' && own.rate === 0;

/** Right rules on another cell or loss. */
const wrongCells: readonly Impostor[] = [
  {
    fault: 'a loss that is a sum in place of a mean',
    appliesTo: ({ loss, sizes }, own) => loss.name === 'mean_square' && sizes.outputs > 1 && isRtrl(own),
    problem: (own) => ({
      ...own,
      loss: { ...own.loss, of: (y, target) => mul(meanSquare(y, target as Tensor), own.sizes.outputs) },
    }),
  },
  {
    fault: 'an LSTM without the forget offset',
    appliesTo: ({ cell }, own) => cell === 'lstm' && isRtrl(own),
    problem: ({ sizes, ...own }) => {
      const cell = lstm({ inputs: sizes.inputs, units: sizes.units, forgetOffset: 0 });
      return { ...own, sizes, model: model({ cell, readout: linear({ outputs: sizes.outputs }) }) };
    },
  },
  {
    fault: 'a recurrent matrix that is turned',
    appliesTo: (_, own) => isRtrl(own),
    problem: (own) => ({
      ...own,
      parameters: mapTree(own.parameters as Tree, (leaf, path) => (/u$/.test(path) ? transpose(leaf) : leaf)),
    }),
  },
  {
    fault: 'parameters that move half as far',
    appliesTo: (_, { rate }) => rate > 0,
    rate: (rate) => rate / 2,
  },
];

export const impostors: readonly Impostor[] = [...wrongRules, ...wrongSigns, ...wrongCells];
