import type { Trail } from '../../../trainers/evaluation/index.ts';
import type { Heading, Sample } from '../sample.ts';
import { createChart } from './charts.ts';
import { short } from './figures.ts';
import { createTape } from './tape.ts';

/** A part of the page: shows all samples, or the latest predictions. */
export type Panel<T> = (content: T) => void;

const others = ['other-0', 'other-1', 'other-2', 'other-3'];

/** The panels determined by the first sample: their lines do not change later. */
export function samplePanels(
  heading: Heading,
  first: Sample,
  section: (id: string) => HTMLElement,
): Panel<readonly Sample[]>[] {
  const [served, ...baselines] = Object.keys(first.figures);
  const carried = Object.keys(first.influence);
  const common = { x: heading.noun, key: 'run', format: short };
  const score = createChart(section('loss'), {
    ...common,
    height: 300,
    isLogarithmic: heading.unit !== 'bits',
    lines: [
      { label: served, color: 'network', width: 2.5 },
      { label: `${served}, all so far`, color: 'overall', width: 1.5 },
      ...baselines.map((label, i) => ({ label, color: others[i % others.length], isDashed: true })),
    ],
  });
  const gradient = createChart(section('gradient'), {
    ...common,
    height: 200,
    isLogarithmic: true,
    lines: [{ label: 'norm', color: 'network' }],
  });
  const rate = createChart(section('rate'), {
    ...common,
    height: 200,
    fromZero: true,
    lines: [{ label: `${heading.noun} a second`, color: 'other-2' }],
  });
  const norms = section('influence');
  norms.hidden = carried.length === 0;
  const lines = carried.map((label, i) => ({ label, color: others[i % others.length] }));
  const influence = norms.hidden
    ? undefined
    : createChart(norms, { ...common, height: 200, isLogarithmic: true, lines });
  return [
    (samples) => {
      const steps = samples.map(({ step }) => step);
      const recent = (name: string) => samples.map(({ figures }) => figures[name].recent);
      score.show(steps, [
        recent(served),
        samples.map(({ figures }) => figures[served].mean),
        ...baselines.map(recent),
      ]);
      gradient.show(steps, [samples.map(({ gradientNorm }) => gradientNorm)]);
      rate.show(steps, [samples.map((sample) => sample.rate)]);
      influence?.show(
        steps,
        carried.map((name) => samples.map((sample) => sample.influence[name])),
      );
    },
  ];
}

/** The latest predictions: a text with its probabilities, or numbers over time. */
export function trailPanel(parent: HTMLElement, first: Trail): Panel<Trail> {
  if (first.kind === 'symbols') {
    const tape = createTape(parent);
    return (trail) => {
      if (trail.kind === 'symbols') tape.show(trail.symbols, trail.probabilities);
    };
  }
  const chart = createChart(parent, {
    x: 'predictions ago',
    height: 240,
    format: short,
    lines: [
      { label: 'actual', color: 'actual', width: 1.5 },
      { label: 'predicted', color: 'network', width: 2 },
      {
        label: `interval of ${Number((100 * first.stated).toPrecision(4))} %, from`,
        color: 'overall',
        width: 0.5,
      },
      { label: 'to', color: 'overall', width: 0.5 },
    ],
    band: [2, 3],
  });
  return (trail) => {
    if (trail.kind !== 'numbers') return;
    chart.show(
      trail.actual.map((_, i) => i + 1 - trail.actual.length),
      [trail.actual, trail.predicted, trail.low, trail.high],
    );
  };
}
