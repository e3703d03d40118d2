import type { Cloud } from './cloud.ts';

export interface ToCloud {
  readonly seed: number;
  readonly steps: number;
}

export interface FromCloud {
  readonly asked: ToCloud;
  readonly clouds: readonly Cloud[];
  /** Sequences a second, of all estimators together. */
  readonly rate: number;
}
