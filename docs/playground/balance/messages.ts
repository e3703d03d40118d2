import type { Racer, Setting, Shares } from './setting.ts';

export type ToBalance =
  | { readonly kind: 'race'; readonly race: number; readonly setting: Setting }
  | { readonly kind: 'run'; readonly isOn: boolean };

export type FromBalance =
  | { readonly kind: 'shares'; readonly shares: Shares }
  /** There is no such race. */
  | { readonly kind: 'refused'; readonly sentence: string }
  | {
      readonly kind: 'news';
      /** The number of the race, as it was asked for. */
      readonly race: number;
      readonly steps: number;
      readonly rate: number;
      readonly isOver: boolean;
      readonly losses: Readonly<Record<Racer, number>>;
    };
