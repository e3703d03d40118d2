import { join } from 'node:path';
import { bandOf, viewOf } from '../compare/bands.ts';
import { entriesOf } from '../compare/entries.ts';
import { findingsIn } from '../probing/probedRun.ts';
import { escapeHtml, htmlPage, htmlTable } from '../report/html.ts';
import { drawFigure, highlighting } from '../report/plots.ts';
import { runFolder } from '../sweep/gridFile.ts';
import { fileNames } from '../training/folder.ts';
import { readOutcome } from '../training/outcome.ts';
import { createThinned } from '../watch/thinned.ts';
import { type Cell, type Measure, type Reproduction, stepsAt, tags } from './reproduction.ts';
import { type CellRuns, figureOf, type ResultTable } from './results.ts';

/** A point of a curve. */
interface Reading {
  readonly at: number;
  readonly value: number;
}

const mostReadings = 500;

/** A self-contained page: the table, what it means, and the curves of all cells. */
export async function reproductionReport(
  reproduction: Reproduction,
  table: ResultTable,
  folder: string,
  cells: readonly CellRuns[],
  scale: number,
): Promise<string> {
  const { title, measure } = reproduction;
  const groups = [];
  for (const { cell, runs } of cells) {
    const all: { entries: readonly Reading[] }[] = [];
    for (const run of runs) all.push({ entries: await readingsIn(runFolder(folder, run), measure, cell) });
    groups.push({ label: cell.label, runs: all.filter(({ entries }) => entries.length > 0) });
  }
  const begun = groups.filter(({ runs }) => runs.length > 0);
  const isLogarithmic = !(measure.of === 'run' ? measure.unit === 'bits' : measure.figure === 'cosine');
  const bands = begun.map((group) => bandOf(group, ({ value }: Reading) => value));
  const view = viewOf(bands, [], isLogarithmic);
  return htmlPage(
    title,
    [
      ...sentencesOf(reproduction, scale).map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
      htmlTable(table.header, table.rows),
      ...legend(reproduction).map((line) => `<p>${escapeHtml(line)}</p>`),
      ...(begun.length === 0
        ? []
        : [
            '<h2>Over time</h2>',
            '<p>A line is the median of a cell, and a band reaches from the lowest to the highest run.</p>',
            drawFigure({
              x: 'step',
              y: measure.of === 'run' ? measure.unit : measure.figure,
              isLogarithmic,
              curves: begun.map(({ label }, i) => ({
                label,
                points: bands[i].median,
                range: bands[i].range,
              })),
              ...(view && { view }),
            }),
          ]),
    ],
    highlighting(begun.length),
  );
}

/** The table as Markdown, with what it means. */
export function reproductionMarkdown(reproduction: Reproduction, table: ResultTable, scale: number): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    `# ${reproduction.title}`,
    '',
    ...sentencesOf(reproduction, scale).flatMap((sentence) => [`* ${sentence}`]),
    '',
    row(table.header),
    row(table.header.map(() => '---')),
    ...table.rows.map(row),
    '',
    ...legend(reproduction).map((line) => `* ${line}`),
    '',
  ].join('\n');
}

function sentencesOf({ source, about, steps }: Reproduction, scale: number): string[] {
  return [`Source: ${source}.`, ...about, ...scaleSentence(steps, scale)];
}

/** Warns the reader of a shortened reproduction. */
export function scaleSentence(steps: number, scale: number): string[] {
  if (scale === 1) return [];
  return [
    `At scale ${scale}: ${stepsAt(steps, scale)} steps in place of ${steps}. The published figures are those of the full length, out of reach here.`,
  ];
}

/** Explains the tags of the published figures. */
export function legend({ cells }: Reproduction): string[] {
  const used = new Set(cells.flatMap(({ published = [] }) => published.map(({ tag }) => tag)));
  return Object.entries(tags).flatMap(([tag, meaning]) =>
    [...used].some((each) => each === tag) ? [`[${tag}]: ${meaning}.`] : [],
  );
}

async function readingsIn(folder: string, measure: Measure, cell: Cell): Promise<readonly Reading[]> {
  if (readOutcome(folder) === undefined) return [];
  if (measure.of === 'probe')
    return findingsIn(folder).map((finding) => ({
      at: finding.step,
      value: figureOf(finding, measure, cell),
    }));
  const readings = createThinned<Reading>(mostReadings);
  for await (const { at, recent } of entriesOf(join(folder, fileNames.metrics), () => {}))
    readings.add({ at, value: recent });
  return readings.items();
}
