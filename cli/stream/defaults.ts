import type { Named } from '../experiments/config.ts';
import type { RowData, StreamConfig } from './config.ts';

interface Wish {
  readonly cell?: string;
  readonly units?: number;
  readonly estimator?: string;
  readonly optimizer?: string;
}

/** What learns when nothing else is asked for, as far as it follows from the data and from what is asked for. */
export function defaultsOf<D extends StreamConfig['data']>(
  data: D,
  { cell, units, estimator, optimizer }: Wish,
): StreamConfig & { readonly data: D } {
  const isText = data.kind === 'text';
  const name = estimator ?? (isText ? 'tbptt' : 'rtrl');
  return {
    data: isText ? data : { ...data, predict: data.predict ?? predictOf(data) },
    cell: { name: cell ?? (isText ? 'gru' : 'lru'), units: units ?? (isText ? 64 : 32) },
    readout: isText ? 'linear' : 'mlp',
    estimator: spans[name] ?? { name },
    optimizer: { name: optimizer ?? 'adam', rate: isText ? rateOfText(name) : 0.003, alpha: 0.03 },
    dtype: 'float32',
    seed: 1,
    recent: 1000,
    every: 1000,
  };
}

/** A network that is to predict a number from its own past would have to learn the identity first: it predicts the change. */
function predictOf({ target, columns, categorical }: RowData): 'value' | 'change' {
  return columns.includes(target) && !categorical.includes(target) ? 'change' : 'value';
}

/** Of a text, estimates that draw noise need a rate that averages it out: at 0.01, UORO is behind counting symbols. */
function rateOfText(estimator: string): number {
  return estimator === 'uoro' || estimator === 'noBackTrack' ? 0.001 : 0.01;
}

/** Of the estimators that have no default of their own for how far they look back. */
const spans: Readonly<Record<string, Named>> = {
  tbptt: { name: 'tbptt', window: 10 },
  bptt: { name: 'bptt', length: 128 },
  snap: { name: 'snap', n: 1 },
};
