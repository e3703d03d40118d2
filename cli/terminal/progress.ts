import type { MetricsRecord } from '../training/metrics.ts';
import type { Listener } from '../training/train.ts';
import { formatBar } from './bar.ts';
import { drawChart, type Point } from './chart.ts';
import { formatCount, formatFigure, formatSeconds } from './numbers.ts';
import type { Screen } from './screen.ts';

export interface Progress extends Listener {
  finish(): void;
}

export interface ProgressOptions {
  readonly title: string;
  readonly steps: number;
  readonly lastWindow: number;
  readonly unit: 'bits' | 'loss';
}

/** Prints nothing, plain lines or a live display, as the screen allows. */
export function createProgress(screen: Screen, options: ProgressOptions, quiet: boolean): Progress {
  if (quiet) return { finish() {} };
  return screen.isLive ? livePicture(screen, options) : plainLines(screen, options);
}

/** One line per tenth of the run. */
function plainLines(screen: Screen, { title, steps, lastWindow, unit }: ProgressOptions): Progress {
  let next = steps / 10;
  screen.tell(title);
  return {
    onRecord(record) {
      if (record.step < next) return;
      const [mean, latest] = figuresOf(record, unit);
      const recent = `last ${formatCount(Math.min(record.step, lastWindow))}: ${formatFigure(latest, unit)}`;
      screen.tell(
        `step ${formatCount(record.step)} of ${formatCount(steps)}  mean ${formatFigure(mean, unit)}  ${recent}`,
      );
      next = (Math.floor((record.step * 10) / steps) + 1) * (steps / 10);
    },
    finish() {},
  };
}

function livePicture(screen: Screen, { title, steps, unit }: ProgressOptions): Progress {
  const points: Point[] = [];
  const started = performance.now();
  let latest: MetricsRecord | undefined;
  return {
    onRecord(record) {
      latest = record;
      const [, value] = figuresOf(record, unit);
      if (unit === 'bits') points.push([record.step, value]);
      else if (value > 0) points.push([record.step, Math.log10(value)]);
    },
    onProgress(step) {
      if (latest === undefined) return;
      const [mean, recent] = figuresOf(latest, unit);
      const elapsed = (performance.now() - started) / 1000;
      const left = formatSeconds((elapsed / step) * (steps - step));
      const width = Math.min(72, screen.columns - 12);
      const caption = unit === 'bits' ? 'bits per symbol, latest steps' : 'log10 of the loss, latest steps';
      screen.draw([
        title,
        ...drawChart([points], width, 8, caption),
        `${formatBar(step / steps, 20)}  step ${formatCount(step)} of ${formatCount(steps)}, ${formatCount(Math.round(step / elapsed))} a second, ${left} left`,
        `mean ${formatFigure(mean, unit)}, latest ${formatFigure(recent, unit)}, gradient ${latest.gradientNorm.toPrecision(3)}`,
      ]);
    },
    finish: () => screen.clear(),
  };
}

/** The mean over all steps and over the latest ones, in the unit of the task. */
function figuresOf(record: MetricsRecord, unit: 'bits' | 'loss'): [mean: number, latest: number] {
  return unit === 'bits'
    ? [record.meanBits ?? Number.NaN, record.windowBits ?? Number.NaN]
    : [record.meanLoss, record.windowLoss];
}
