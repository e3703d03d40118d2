import { estimator } from '../registry/entry.ts';
import { artbp, artbpOptions } from './artbp.ts';
import { diagonal, diagonalOptions } from './diagonal.ts';
import { dni, dniOptions } from './dni.ts';
import { dodge, dodgeOptions } from './dodge.ts';
import { eprop, epropOptions } from './eprop.ts';
import { frozen, frozenOptions } from './frozen.ts';
import { kernl, kernlOptions } from './kernl.ts';
import { kfRtrl } from './kfRtrl.ts';
import { noBackTrack, noBackTrackOptions } from './noBackTrack.ts';
import { ok, okOptions } from './ok.ts';
import { pes, pesOptions } from './pes.ts';
import { kroneckerOptions } from './products/kronecker.ts';
import { rflo, rfloOptions } from './rflo.ts';
import { rKfRtrl } from './rKfRtrl.ts';
import { rtrl, rtrlOptions } from './rtrl.ts';
import { sketched, sketchedOptions } from './sketched.ts';
import { snap, snapOptions } from './snap.ts';
import { bptt, bpttOptions, tbptt, tbpttOptions } from './tbptt.ts';
import { unbiasedByName } from './unbiasedByName.ts';
import { uoro, uoroOptions } from './uoro.ts';

export { type ArtbpOptions, artbp } from './artbp.ts';
export { type DiagonalOptions, diagonal } from './diagonal.ts';
export { type DniInfluence, type DniOptions, dni } from './dni.ts';
export {
  type Directed,
  type DodgeInfluence,
  type DodgeOptions,
  dodge,
} from './dodge.ts';
export type { DiagonalInfluence } from './entries/ownUnitTraces.ts';
export type { FeedbackOptions, PairingOptions } from './entries/pairing.ts';
export { type EpropOptions, eprop } from './eprop.ts';
export { type FrozenOptions, frozen } from './frozen.ts';
export { type KernlInfluence, type KernlOptions, kernl } from './kernl.ts';
export { type KfRtrlInfluence, type KroneckerPair, kfRtrl } from './kfRtrl.ts';
export { type NoBackTrackOptions, noBackTrack } from './noBackTrack.ts';
export {
  type KroneckerSum,
  type OkInfluence,
  type OkOptions,
  ok,
} from './ok.ts';
export { type PesInfluence, type PesOptions, pes } from './pes.ts';
export type { KroneckerOptions, SitedInfluence } from './products/kronecker.ts';
export type { RankOne } from './products/rank-one.ts';
export type { Sketch } from './products/sketch.ts';
export { type RfloOptions, rflo } from './rflo.ts';
export { type ReversePair, type RKfRtrlInfluence, rKfRtrl } from './rKfRtrl.ts';
export { type RtrlInfluence, type RtrlOptions, rtrl } from './rtrl.ts';
export { anEstimator, type Bias, type Estimator, steps } from './rule/estimator.ts';
export { type Growth, grow } from './rule/grow.ts';
export { type Absent, absent, type Rule } from './rule/rule.ts';
export { type SketchedOptions, sketched } from './sketched.ts';
export { type SnapOptions, snap } from './snap.ts';
export type { Cost, Sizes } from './step/cost.ts';
export type { Moment } from './step/moment.ts';
export type { Elements, GroupPart, StepGroup, StepSite } from './step/sites.ts';
export { type Find, StepStructure } from './step/step-structure.ts';
export type { Entries, Factors, Pulled, Transition } from './step/transition.ts';
export { type BpttOptions, bptt, type TbpttOptions, tbptt } from './tbptt.ts';
export {
  type UnbiasedInfluence,
  type UnbiasedOptions,
  unbiased,
} from './unbiased.ts';
export { type UoroInfluence, type UoroOptions, uoro } from './uoro.ts';

/** Those without noise that leave something out, which `unbiased` corrects. */
const deterministic = {
  snap: estimator(snap, snapOptions, {
    carries: 'matrix',
    isStructured: true,
    usual: { n: 1 },
    title: ({ n }) => `SnAp-${n}`,
  }),
  diagonal: estimator(diagonal, diagonalOptions, {
    carries: 'factors',
    title: () => 'Own-unit traces',
  }),
  eprop: estimator(eprop, epropOptions, {
    carries: 'factors',
    title: () => 'e-prop',
  }),
  rflo: estimator(rflo, rfloOptions, { carries: 'matrix' }),
  sketched: estimator(sketched, sketchedOptions, {
    carries: 'factors',
    title: ({ rank = 4 }) => `SK-RTRL-${rank}`,
  }),
  frozen: estimator(frozen, frozenOptions, {
    carries: 'nothing',
    title: () => 'Immediate term',
  }),
};

/** Those with parts that they learn. */
const learning = {
  kernl: estimator(kernl, kernlOptions, { carries: 'factors', title: () => 'KeRNL' }),
  dni: estimator(dni, dniOptions, { carries: 'factors', title: () => 'DNI' }),
};

const corrected = unbiasedByName(deterministic);

/** The built-in estimators by name, for commands, configurations and models of streams. */
export const estimators = {
  uoro: estimator(uoro, uoroOptions, { carries: 'pairs', isNoisy: true }),
  tbptt: estimator(tbptt, tbpttOptions, {
    carries: 'nothing',
    usual: { window: 10 },
    title: ({ window, stride, windowFrom }) =>
      `TBPTT-${windowFrom === undefined ? '' : `${windowFrom}-`}${window}${stride === window ? '' : `/${stride}`}`,
  }),
  bptt: estimator(bptt, bpttOptions, {
    carries: 'nothing',
    usual: { length: 128 },
    title: ({ length }) => `BPTT-${length}`,
  }),
  artbp: estimator(artbp, artbpOptions, {
    carries: 'nothing',
    isNoisy: true,
    title: ({ keep = 0.9 }) => `ARTBP-${keep}`,
  }),
  rtrl: estimator(rtrl, rtrlOptions, { carries: 'matrix', isStructured: true }),
  noBackTrack: estimator(noBackTrack, noBackTrackOptions, {
    carries: 'pairs',
    isNoisy: true,
    title: () => 'NoBackTrack',
  }),
  kfRtrl: estimator(kfRtrl, kroneckerOptions, {
    carries: 'factors',
    isNoisy: true,
    title: () => 'KF-RTRL',
  }),
  rKfRtrl: estimator(rKfRtrl, kroneckerOptions, {
    carries: 'factors',
    isNoisy: true,
    title: () => 'R-KF-RTRL',
  }),
  ok: estimator(ok, okOptions, {
    carries: 'factors',
    isNoisy: true,
    title: ({ rank = 1 }) => `OK-${rank}`,
  }),
  ...deterministic,
  ...learning,
  pes: estimator(pes, pesOptions, {
    carries: 'factors',
    isNoisy: true,
    title: ({ particles = 32 }) => `PES-${particles}`,
  }),
  unbiased: estimator(corrected.make, corrected.options, {
    carries: 'factors',
    isNoisy: true,
    title: ({ of = 'diagonal', weight = 1 }) => `unbiased ${of}${weight === 1 ? '' : `, weight ${weight}`}`,
  }),
  dodge: estimator(dodge, dodgeOptions, {
    carries: 'factors',
    isNoisy: true,
    title: ({ directions, every }) =>
      `DODGE${directions === undefined || directions === 1 ? '' : `-${directions}`}${every === undefined || every === 0 ? '' : `/${every}`}`,
  }),
};
