import type { Way } from './setting.ts';
import type { Trail } from './study.ts';

export type ToTrajectory =
  | { readonly kind: 'begin'; readonly number: number; readonly way: Way; readonly seed: number }
  | { readonly kind: 'run'; readonly isOn: boolean };

export type FromTrajectory =
  | {
      readonly kind: 'news';
      /** The number with which the study was begun. */
      readonly number: number;
      readonly steps: number;
      readonly rate: number;
      /** Bits a symbol since the last message. */
      readonly bits: number;
      readonly best: number;
      readonly countBlind: number;
      readonly trail: Trail;
    }
  | { readonly kind: 'failed'; readonly sentence: string };
