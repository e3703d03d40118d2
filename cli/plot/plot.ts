import { ConfigurationError, guard } from '../../lib/index.ts';
import { type Curve, drawSvg } from '../report/plots.ts';
import { type History, pointsOf, type Scale, thinned } from './history.ts';

export interface PlotOptions {
  /** The key of the horizontal axis. Default 'step'. */
  readonly x?: string;
  /** The key of the vertical axis. Default 'loss'. */
  readonly y?: string;
  /** Default 'linear'. A logarithmic axis needs steps above 0. */
  readonly xScale?: Scale;
  /** Default: 'log' if the losses are above 0 and span more than a factor of 100, else 'linear'. */
  readonly yScale?: Scale;
  /**
   * The most points that a curve is drawn with. A longer history is cut into as many stretches of the axis, and each
   * is drawn as the mean of its losses. Default 200.
   */
  readonly points?: number;
  /** Losses to compare with, drawn as horizontal lines, by name: `{ 'entropy rate': task.entropyRate }`. */
  readonly levels?: Readonly<Record<string, number>>;
}

const scale = guard.oneOf('linear', 'log');
const checks: guard.Checks<PlotOptions> = {
  x: guard.string,
  y: guard.string,
  xScale: scale,
  yScale: scale,
  points: guard.whole(2, 10_000),
  levels: {
    what: 'a record of finite numbers by name',
    holds: (value) => guard.isRecord(value) && Object.values(value).every(Number.isFinite),
  },
};

/** From this quotient of the greatest loss and the least on, a linear axis hides the small ones. */
const wide = 100;

/**
 * Draws losses against steps: those of one learner, or of several by name. Returns an SVG element with a legend, as
 * text: write it to a file, or show it in a notebook.
 *
 * Losses that are NaN or infinite are left out, so the curve of a learner that diverged ends where it did.
 *
 * ```ts
 * import { plot } from 'norewind/plot';
 *
 * const svg = plot({ uoro: [2, 1.2, 0.9], tbptt: [2, 1.4, 1.3] }, { y: 'bits a symbol', levels: { best: 0.8 } });
 * svg.startsWith('<svg'); // true
 * ```
 * @throws ConfigurationError for what is no history, for one without a finite loss, and for a number that is not
 * above 0 on a logarithmic axis.
 */
export function plot(
  history: History | Readonly<Record<string, History>>,
  options: PlotOptions = {},
): string {
  const {
    x = 'step',
    y = 'loss',
    xScale = 'linear',
    yScale,
    points: most = 200,
    levels = {},
  } = guard.options('plot', options, checks);
  const isMany = guard.isRecord(history);
  const named = isMany ? Object.entries(history) : [['the history', history] as const];
  if (named.length === 0)
    throw new ConfigurationError('plot: the record of histories is empty: there is nothing to draw');
  const all = named.map(([name, own]) => ({ name, points: pointsOf(name, own) }));
  if (xScale === 'log')
    for (const { name, points } of all)
      for (const [step] of points) requirePositive(step, `${name} has a step`, 'xScale');
  const curves: Curve[] = all.map(({ name, points }) => ({
    label: isMany ? name : y,
    points: thinned(points, xScale, most),
  }));
  const losses = curves.flatMap(({ label, points }) => points.map(([, loss]) => ({ label, loss })));
  const drawn = yScale ?? scaleFor([...losses.map(({ loss }) => loss), ...Object.values(levels)]);
  if (drawn === 'log') {
    for (const { label, loss } of losses) requirePositive(loss, `${label} has a loss`, 'yScale');
    for (const [name, value] of Object.entries(levels))
      requirePositive(value, `the level ${name} is`, 'yScale');
  }
  return drawSvg({
    x,
    y,
    isLogarithmic: drawn === 'log',
    isXLinear: xScale === 'linear',
    curves,
    levels: Object.entries(levels).map(([label, value]) => ({ label, value })),
  });
}

function scaleFor(values: readonly number[]): Scale {
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  return least > 0 && most / least > wide ? 'log' : 'linear';
}

function requirePositive(value: number, subject: string, option: string): void {
  if (value > 0) return;
  throw new ConfigurationError(
    `plot: ${subject} ${subject.endsWith('is') ? '' : 'of '}${value}, which a logarithmic axis cannot show: use ${option}: 'linear'`,
  );
}
