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

/** How fast it goes, and how long it will take: both of this session alone. */
function createSpeed(steps: number) {
  let started = performance.now();
  let first = 0;
  return {
    begin(step: number) {
      started = performance.now();
      first = step;
    },
    told(step: number): string {
      const elapsed = (performance.now() - started) / 1000;
      const left = formatSeconds((elapsed / (step - first)) * (steps - step));
      return `${formatCount(Math.round((step - first) / elapsed))} a second, ${left} left`;
    },
  };
}

/** One line per tenth of the run. */
function plainLines(screen: Screen, { title, steps, lastWindow, unit }: ProgressOptions): Progress {
  const speed = createSpeed(steps);
  let next = steps / 10;
  screen.tell(title);
  return {
    onBegin(_, step) {
      speed.begin(step);
      if (step > 0) screen.tell(`Resuming after step ${formatCount(step)}`);
    },
    onRecord(record) {
      const { step } = record;
      if (step < next) return;
      const { mean, recent } = record;
      const latest = `last ${formatCount(Math.min(step, lastWindow))}: ${formatFigure(recent, unit)}`;
      const rest = step < steps ? `  ${speed.told(step)}` : '';
      screen.tell(
        `step ${formatCount(step)} of ${formatCount(steps)}  mean ${formatFigure(mean, unit)}  ${latest}${rest}`,
      );
      next = (Math.floor((step * 10) / steps) + 1) * (steps / 10);
    },
    finish() {},
  };
}

function livePicture(screen: Screen, { title, steps, unit }: ProgressOptions): Progress {
  const points: Point[] = [];
  const speed = createSpeed(steps);
  let latest: MetricsRecord | undefined;
  function add(record: MetricsRecord): void {
    latest = record;
    const { recent } = record;
    if (unit === 'bits') points.push([record.step, recent]);
    else if (recent > 0) points.push([record.step, Math.log10(recent)]);
  }
  return {
    onBegin(_, step, past) {
      speed.begin(step);
      for (const record of past) add(record);
    },
    onRecord: add,
    onProgress(step) {
      if (latest === undefined) return;
      const { mean, recent, gradientNorm } = latest;
      const width = Math.min(72, screen.columns - 12);
      const caption = unit === 'bits' ? 'bits per symbol, latest steps' : 'log10 of the loss, latest steps';
      screen.draw([
        title,
        ...drawChart([points], width, 8, caption),
        `${formatBar(step / steps, 20)}  step ${formatCount(step)} of ${formatCount(steps)}, ${speed.told(step)}`,
        `mean ${formatFigure(mean, unit)}, latest ${formatFigure(recent, unit)}, gradient ${gradientNorm.toPrecision(3)}`,
      ]);
    },
    finish: () => screen.clear(),
  };
}
