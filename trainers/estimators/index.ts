export { anEstimator, type Bias, type Cost, type Estimator, type Sizes, steps, type Transition } from './estimator.ts';
export { type NoBackTrackOptions, noBackTrack } from './noBackTrack.ts';
export { type RfloOptions, rflo } from './rflo.ts';
export { type RtrlInfluence, type RtrlOptions, rtrl } from './rtrl.ts';
export { type SnapOptions, snap } from './snap.ts';
export { type BpttOptions, bptt, type TbpttOptions, tbptt } from './tbptt.ts';
export { type RankOne, type UoroInfluence, type UoroOptions, uoro } from './uoro.ts';
