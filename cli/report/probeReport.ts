import type { EstimatorReport, ProbeReport } from '../../trainers/index.ts';
import type { Finding } from '../probing/follow.ts';
import { formatMicroseconds } from '../terminal/numbers.ts';
import { escapeHtml, htmlPage, htmlTable } from './html.ts';
import { drawFigure, type Figure, highlighting, type Point } from './plots.ts';

/** The figures of each estimator over all steps. */
export function probeTable({ estimators }: ProbeReport): {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  return {
    header: ['estimator', 'declared bias', 'cosine', '|g| / |exact|', 'bias (95 %)', 'variance', 'a step'],
    rows: Object.entries(estimators).map(
      ([name, { declared, cosine, normRatio, bias, variance, microseconds, stopped }]) => [
        name,
        declared,
        cosineText(cosine),
        figure(normRatio),
        `${figure(bias.value)} (${figure(bias.low)} to ${figure(bias.high)})`,
        figure(variance),
        stopped === undefined ? formatMicroseconds(microseconds) : 'diverged',
      ],
    ),
  };
}

/** A self-contained page: the cosine, the bias and the variance of each estimator over time. */
export function probeReport(title: string, findings: readonly Finding[]): string {
  const last = findings[findings.length - 1];
  const { header, rows } = probeTable(last);
  const names = Object.keys(last.estimators);
  const draw = (y: string, isLogarithmic: boolean, of: (own: EstimatorReport) => number) =>
    drawFigure(figureOf(findings, y, isLogarithmic, of));
  const stale = findings.flatMap(({ step, staleness }): Point[] =>
    staleness === undefined || !Number.isFinite(staleness.cosine) ? [] : [[step, staleness.cosine]],
  );
  return htmlPage(
    'Probe of estimators',
    [
      `<p>${escapeHtml(title)}</p>`,
      '<p>Estimates of the gradient at every step of this learner, against exact RTRL at the same parameters and state. Each figure is of all steps so far.</p>',
      htmlTable(header, rows),
      '<h2>Cosine with the exact gradient</h2>',
      drawFigure(cosineFigure(findings)),
      '<h2>Bias along the exact gradient</h2>',
      draw('relative bias', false, ({ bias }) => bias.value),
      '<h2>Variance</h2>',
      draw('variance / squared gradient', true, ({ variance }) => variance),
      ...(stale.length === 0
        ? []
        : [
            '<h2>Staleness</h2>',
            "<p>The cosine between RTRL's gradient, along the parameters that were visited, and the gradient of the latest steps replayed at today's.</p>",
            drawFigure({
              x: 'step',
              y: 'mean cosine',
              isLogarithmic: false,
              curves: [{ label: 'exact, replayed', points: stale }],
            }),
          ]),
    ],
    highlighting(names.length),
  );
}

/** The mean cosine of each estimator over time. */
export function cosineFigure(findings: readonly Finding[]): Figure {
  return figureOf(findings, 'mean cosine', false, ({ cosine }) => cosine);
}

function figureOf(
  findings: readonly Finding[],
  y: string,
  isLogarithmic: boolean,
  of: (own: EstimatorReport) => number,
): Figure {
  return {
    x: 'step',
    y,
    isLogarithmic,
    curves: Object.keys(findings[findings.length - 1].estimators).map((label) => ({
      label,
      points: findings
        .map(({ step, estimators }): Point => [step, of(estimators[label])])
        .filter(([, value]) => Number.isFinite(value) && (!isLogarithmic || value > 0)),
    })),
  };
}

/** A cosine that is below 1 by more than rounding does not look like the exact direction. */
function cosineText(value: number): string {
  const text = figure(value);
  if (text !== '1' || value > 1 - 1e-6) return text;
  return value < 0.99995 ? value.toFixed(4) : '> 0.9999';
}

function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–';
}
