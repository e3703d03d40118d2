import { UsageError } from '../../lib/index.ts';
import {
  bptt,
  type Estimator,
  noBackTrack,
  type RtrlOptions,
  rflo,
  rtrl,
  snap,
  tbptt,
  type UoroOptions,
  uoro,
} from '../estimators/index.ts';
import { choose } from './choose.ts';
import type { Named, Setting } from './named.ts';

interface Kind {
  readonly options: readonly string[];
  make(settings: Readonly<Record<string, Setting>>): Estimator;
}

/** Every estimator that runs can use, with the settings that it takes. */
const kinds: Readonly<Record<string, Kind>> = {
  uoro: { options: ['window', 'rank', 'epsilon', 'lanes'], make: (settings) => uoro(settings as UoroOptions) },
  tbptt: { options: ['window', 'stride'], make: (settings) => tbptt(settings as { window: number; stride?: number }) },
  bptt: { options: ['length'], make: (settings) => bptt(settings as { length: number }) },
  rtrl: { options: ['structure'], make: (settings) => rtrl(settings as RtrlOptions) },
  rflo: { options: ['leak'], make: (settings) => rflo(settings as { leak: number }) },
  noBackTrack: { options: ['epsilon'], make: (settings) => noBackTrack(settings as { epsilon?: number }) },
  snap: { options: ['n'], make: (settings) => snap(settings as { n: number }) },
};

export const estimatorNames: readonly string[] = Object.keys(kinds);

/** @throws UsageError for an unknown name or a setting that it does not take, ConfigurationError for a value out of range. */
export function makeEstimator({ name, ...settings }: Named): Estimator {
  const kind = choose('estimator', kinds, name);
  for (const key of Object.keys(settings))
    if (!kind.options.includes(key))
      throw new UsageError(`the estimator ${name} has no setting ${key}; it has ${kind.options.join(', ')}`);
  return kind.make(settings);
}

/** What it is called in tables and plots: UORO, TBPTT-16, UORO memory-4. */
export function titleOf({ name, window, stride, rank, length, n }: Named): string {
  const title = name.toUpperCase();
  if (name === 'tbptt') return `${title}-${window}${stride === window ? '' : `/${stride}`}`;
  if (name === 'bptt') return `${title}-${length}`;
  if (name === 'snap') return `SnAp-${n}`;
  if (name === 'noBackTrack') return 'NoBackTrack';
  return [
    title,
    window !== undefined && window !== 1 ? `memory-${window}` : '',
    rank !== undefined && rank !== 1 ? `rank-${rank}` : '',
  ]
    .filter(Boolean)
    .join(' ');
}
