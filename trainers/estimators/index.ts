export type { Bias, Cost, Estimator, Sizes, Transition } from './estimator.ts';
export { noBackTrack } from './noBackTrack.ts';
export { rflo } from './rflo.ts';
export { type RtrlInfluence, type RtrlOptions, rtrl } from './rtrl.ts';
export { snap } from './snap.ts';
export { bptt, tbptt } from './tbptt.ts';
export { type RankOne, type UoroInfluence, type UoroOptions, uoro } from './uoro.ts';
