import type { Named, Setting } from '../../trainers/registry/index.ts';

/** Where a published figure is from, which says how far it can be trusted. */
export const tags = {
  read: 'read in the paper or on its page',
  logs: "computed from the logs in the authors' repository",
  simulated: 'from an independent simulation of the same experiment, one run unless it says more',
  computed: 'follows from the definition of the task',
  recalled: "recalled, and not checked against the paper's text: no fact",
} as const;

export interface Published {
  readonly tag: keyof typeof tags;
  /** In the unit of the reproduction. */
  readonly value?: number;
  /** In place of a number, or about it. */
  readonly says?: string;
}

/** One row of the table: a setting that is run with several seeds. */
export interface Cell {
  readonly label: string;
  readonly experiment: string;
  /** As options of `run`, without the steps and the seed. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** The estimator that is measured, if the reproduction is a probe. Cells of equal settings share one probe. */
  readonly estimator?: Named;
  readonly published?: readonly Published[];
}

/** The figure that is read from a run: its latest score, or one of a probe over all its steps. */
export type Measure =
  | { readonly of: 'run'; readonly unit: 'bits' | 'loss' }
  | {
      readonly of: 'probe';
      readonly figure: 'cosine' | 'variance';
      /** The path of the parameters whose gradients are compared; those of the readout are exact. */
      readonly block: string;
      readonly copies: number;
    };

/** A published result as data: what to run, what to read from it, and what was published. */
export interface Reproduction {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  /** Sentences on what is run, and where it differs from the publication. */
  readonly about: readonly string[];
  readonly measure: Measure;
  /** At scale 1. */
  readonly steps: number;
  readonly cells: readonly Cell[];
}

/** The steps at a share of the full length, rounded where products such as 0.07 times 100,000 are not whole. */
export function stepsAt(full: number, scale: number): number {
  return Math.max(1, Math.round(full * scale));
}

/** A published figure. */
export function figure(value: number, tag: Published['tag'], says?: string): Published {
  return { tag, value, ...(says !== undefined && { says }) };
}

/** A published sentence. */
export function claim(says: string, tag: Published['tag']): Published {
  return { tag, says };
}

/** An estimator with its settings. */
export function named(name: string, settings: Readonly<Record<string, Setting>> = {}): Named {
  return { name, ...settings };
}
