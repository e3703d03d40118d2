import { UsageError } from '../../lib/index.ts';

/** The figures of a line of metrics that a condition can name. */
const figures = ['recent', 'mean', 'gradientNorm'] as const;

type Figure = (typeof figures)[number];

/** A comparison of a figure with a number. */
export interface Condition {
  readonly figure: Figure;
  readonly isBelow: boolean;
  readonly limit: number;
}

/** Reads a condition such as `recent < 0.2`. @throws UsageError. */
export function conditionOf(text: string): Condition {
  const [, figure, sign, limit] = /^\s*(\w+)\s*([<>])\s*(\S+)\s*$/.exec(text) ?? [];
  const known = figures.find((each) => each === figure);
  if (known === undefined || !Number.isFinite(Number(limit)))
    throw new UsageError(
      `${JSON.stringify(text)} is not a condition to stop: compare ${figures.join(', ')} with a number, as in 'recent < 0.2'`,
    );
  return { figure: known, isBelow: sign === '<', limit: Number(limit) };
}

export function textOf({ figure, isBelow, limit }: Condition): string {
  return `${figure} ${isBelow ? '<' : '>'} ${limit}`;
}

export function holds({ isBelow, limit }: Condition, value: number): boolean {
  return isBelow ? value < limit : value > limit;
}
