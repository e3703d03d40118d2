export {
  createProbe,
  type EstimatorReport,
  type Probe,
  type ProbeOptions,
  type ProbeReport,
} from './probe.ts';
export type { Staleness } from './replay.ts';
export type { Comparison, Interval } from './tally.ts';
