import type { Finding } from '../probing/follow.ts';
import { windowCurve, yardstickCurves } from '../report/curves.ts';
import { escapeHtml, htmlPage, htmlTable } from '../report/html.ts';
import { drawFigure } from '../report/plots.ts';
import { cosineFigure, probeTable } from '../report/probeReport.ts';
import type { Contestant } from './contest.ts';
import { balancingHeader, bookHeader } from './results.ts';
import { converged, type Race } from './settings.ts';
import { balancingRows, balancingSentence, bookRows, bookSentences } from './verdicts.ts';
import { type BookScore, scoreRows } from './yardsticks.ts';

export interface Entry {
  readonly race: Race;
  readonly contestants: readonly Contestant[];
  /** The default learner and the compressors, on the book. */
  readonly scores?: readonly BookScore[];
}

/** The report of the showcase, as a self-contained page. */
export function demoReport(balancing: Entry, book: Entry, findings: readonly Finding[]): string {
  const curves = ({ contestants }: Entry) =>
    contestants.map(({ title, records }) => windowCurve(title, records));
  const lastPart = book.contestants[0].plan.config.lastWindow;
  return htmlPage('norewind: learning without rewinding', [
    `<h2>${escapeHtml(balancing.race.title)}</h2>`,
    '<p>One parameter acts on a linear system: at once in one direction, and later, more strongly, in the other. An estimator that',
    'looks back too few steps follows the wrong sign, whatever its learning rate.</p>',
    `<p><strong>${escapeHtml(balancingSentence(balancing.contestants))}</strong></p>`,
    drawFigure({
      x: 'step',
      y: 'loss, mean of the latest 1 %',
      isLogarithmic: true,
      curves: curves(balancing),
      levels: [{ label: 'converged', value: converged }],
    }),
    htmlTable(balancingHeader, balancingRows(balancing.contestants)),
    `<h2>${escapeHtml(book.race.title)}</h2>`,
    '<p>Each character is predicted, then learnt from, once. TBPTT-16 updates its parameters',
    'once in 16 characters, the others at each. The models of order 0, 1 and 2 only count which character follows which.',
    'That is how the methods compare on one small network. A person who runs <code>norewind train</code> on the book gets',
    'the mixture further down, beside what compressors make of it.</p>',
    `<p><strong>${bookSentences(book.contestants, book.scores).map(escapeHtml).join(' ')}</strong></p>`,
    drawFigure({
      x: 'character',
      y: `bits per character, last ${lastPart}`,
      isLogarithmic: false,
      curves: [...curves(book), ...yardstickCurves(book.contestants[0].records)],
    }),
    htmlTable(bookHeader(lastPart), [...bookRows(book.contestants), ...scoreRows(book.scores ?? [])]),
    ...probedParts(findings),
    '<h2>Configurations</h2>',
    '<p>Each contestant has a run folder of its own beside this page; <code>norewind run …/config.json</code> repeats it.</p>',
    `<pre>${escapeHtml([...balancing.contestants, ...book.contestants].map(({ plan }) => JSON.stringify(plan.config)).join('\n'))}</pre>`,
  ]);
}

/** How far the estimates are from the exact gradient, on a network that is small enough to know it. */
function probedParts(findings: readonly Finding[]): string[] {
  const last = findings.at(-1);
  if (last === undefined) return [];
  const { header, rows } = probeTable(last);
  return [
    `<h2>What the estimates look like</h2>`,
    `<p>A GRU of 8 units learns aⁿbⁿ(1, 8) by exact RTRL over ${last.step} steps, and others estimate its gradient at each of`,
    'them. A cosine of 1 is the exact direction. UORO and KF-RTRL have no bias: their mean is the exact gradient, however',
    'far one estimate is from it. SnAp-1 and TBPTT have no noise, and a bias that no averaging removes.',
    '<code>norewind probe</code> measures this for any network.</p>',
    drawFigure(cosineFigure(findings)),
    htmlTable(header, rows),
  ];
}
