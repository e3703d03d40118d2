import { shortName, titleOf } from '../../trainers/registry/index.ts';
import type { Plan } from '../experiments/resolve.ts';
import { resultRows } from '../training/results.ts';
import type { Outcome } from '../training/train.ts';
import { gradientCurve, meanCurve, windowCurve, yardstickCurves } from './curves.ts';
import { escapeHtml, htmlPage, htmlTable } from './html.ts';
import { drawFigure } from './plots.ts';

/** The report of one run, as a self-contained page. */
export function runReport({ config, prepared }: Plan, outcome: Outcome): string {
  const { records, status, problem } = outcome;
  const isBits = prepared.unit === 'bits';
  const title = `${shortName(config.experiment)}, ${titleOf(config.estimator)}`;
  const parts = [
    status === 'done'
      ? ''
      : `<p><strong>${escapeHtml(problem ?? `Stopped after step ${outcome.steps} of ${config.steps}.`)}</strong></p>`,
    htmlTable(['', ''], resultRows(config, prepared, outcome)),
  ];
  if (records.length > 1)
    parts.push(
      `<h2>${isBits ? 'Bits per symbol' : 'Loss'}</h2>`,
      drawFigure({
        x: 'step',
        y: isBits ? 'bits per symbol' : 'loss',
        isLogarithmic: !isBits,
        curves: [
          windowCurve(`last ${config.lastWindow} steps`, records),
          meanCurve('all steps so far', records),
          ...yardstickCurves(records),
        ],
        levels: prepared.levels,
      }),
      '<h2>Norm of the gradient estimate</h2>',
      drawFigure({
        x: 'step',
        y: 'norm',
        isLogarithmic: true,
        curves: [gradientCurve(titleOf(config.estimator), records)],
      }),
    );
  parts.push('<h2>Configuration</h2>', `<pre>${escapeHtml(JSON.stringify(config, null, 2))}</pre>`);
  return htmlPage(title, parts);
}
