import { formatScore } from '../../../trainers/evaluation/index.ts';
import type { Position, Report } from '../../../trainers/streams/index.ts';
import { drawChart, inColorOf, type Point } from '../../terminal/chart.ts';
import { formatCount } from '../../terminal/numbers.ts';
import type { Line, Screen } from '../../terminal/screen.ts';
import { createThinned } from '../../watch/thinned.ts';
import type { StreamListener } from './learnStream.ts';
import type { StreamRecord } from './record.ts';
import { summaryOf } from './summary.ts';

export interface Status extends StreamListener {
  /** A sentence on a line of its own. */
  tell(line: string): void;
  begin(folder: string, records: number): void;
  finish(skipped: number): void;
  /** What came out, for standard output. */
  summary(folder: string, position: Position, report: Report, recent: number): string;
}

/** How many records that are left out are told one by one. */
const toldProblems = 5;
/** Milliseconds between two lines where there is no terminal. */
const pause = 10_000;

/** How many lines of metrics the chart is made of, evenly over the whole run. */
const chartPoints = 200;

/** A small chart and one line, drawn again and again on a terminal; plain lines elsewhere. */
export function createStatus(screen: Screen, isQuiet: boolean): Status {
  const isLive = !isQuiet && screen.isLive;
  const started = performance.now();
  let problems = 0;
  let latest: StreamRecord | undefined;
  let first = 0;
  let nextLine = started + pause;
  const past = createThinned<StreamRecord>(chartPoints);
  function tell(line: string): void {
    if (!isQuiet) screen.tell(line);
  }
  return {
    tell,
    begin(folder, records) {
      first = records;
      tell(`${records === 0 ? 'Learning' : `Going on after ${formatCount(records)} records`}; everything is kept in ${folder}`);
    },
    onRecord(record) {
      latest = record;
      past.add(record);
      if (isLive || performance.now() < nextLine) return;
      nextLine = performance.now() + pause;
      tell(lineOf(record.records, latest));
    },
    onProblem(problem) {
      problems++;
      if (problems <= toldProblems) tell(`left out: ${problem.sentence}`);
      if (problems === toldProblems) tell('what else is left out is only counted');
    },
    onProgress(records) {
      const rate = ((records - first) / (performance.now() - started)) * 1000;
      const width = Math.min(72, screen.columns - 12);
      const line = `${lineOf(records, latest)}, ${formatCount(Math.round(rate))} a second`;
      if (isLive) screen.draw([...chartOf(past.items(), width), line]);
    },
    finish(skipped) {
      screen.clear();
      if (skipped > 0) tell(`${formatCount(skipped)} records were left out`);
    },
    summary: summaryOf,
  };
}

/** The recent score of the network, and of what is the best to compare it with. */
function chartOf(records: readonly StreamRecord[], width: number): Line[] {
  const last = records.at(-1);
  if (last === undefined) return [];
  const [rival] = Object.entries(last.baselines).sort(([, a], [, b]) => a.recent - b.recent)[0];
  const isBits = last.unit === 'bits';
  const curve = (figure: (record: StreamRecord) => number) =>
    records
      .map((record): Point => [record.records, isBits ? figure(record) : Math.log10(figure(record))])
      .filter(([, value]) => Number.isFinite(value));
  return drawChart([curve(({ recent }) => recent), curve(({ baselines }) => baselines[rival].recent)], width, 8, [
    { text: `${isBits ? 'bits' : 'log10 of the squared error'}, recent predictions: ` },
    inColorOf(0, 'network'),
    { text: ', ' },
    inColorOf(1, rival),
  ]);
}

function lineOf(records: number, record: StreamRecord | undefined): string {
  const begin = `record ${formatCount(records)}`;
  if (record === undefined) return begin;
  return `${begin}  mean ${formatScore(record.mean, record.unit)}, recent ${formatScore(record.recent, record.unit)} ${record.unit}`;
}
