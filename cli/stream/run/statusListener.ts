import { formatScore } from '../../../trainers/evaluation/index.ts';
import { aheadOf, type RowData, timestampsOf } from '../../../trainers/streams/index.ts';
import { drawChart, inColorOf, type Point } from '../../terminal/chart.ts';
import { counted, formatCount, formatSeconds } from '../../terminal/numbers.ts';
import type { Line, Screen } from '../../terminal/screen.ts';
import { createThinned } from '../../watch/thinned.ts';
import type { Listener } from './listener.ts';
import type { StreamRecord } from './record.ts';
import { summaryOf } from './summary.ts';

/** How many left-out records are reported one by one. */
const toldProblems = 5;
/** Milliseconds between two lines if there is no terminal. */
const pause = 10_000;
/** Milliseconds after which a run that waits for its first record says that it has begun. */
const patience = 1000;

/** The most lines of metrics in the chart, spread evenly over the whole run. */
const chartPoints = 200;

/**
 * Redraws a small chart and one line on a terminal; prints plain lines elsewhere.
 * @param used the share of the input that has been used, if its size is known.
 */
export function statusListener(screen: Screen, isQuiet: boolean, used: () => number | undefined): Listener {
  const isLive = !isQuiet && screen.isLive;
  const started = performance.now();
  let problems = 0;
  let latest: StreamRecord | undefined;
  let first = 0;
  let usedFirst: number | undefined;
  let nextLine = started + pause;
  /** Not said if the data are refused at once: their one sentence is what is wrong with them. */
  let unsaid: readonly string[] = [];
  let waiting: NodeJS.Timeout | undefined;
  const past = createThinned<StreamRecord>(chartPoints);
  function tell(line: string): void {
    if (!isQuiet) screen.tell(line);
  }
  function tellBeginning(): void {
    clearTimeout(waiting);
    for (const line of unsaid) tell(line);
    unsaid = [];
  }
  /** How fast it goes, and how long it will take, once more of the input has been used than at the start. */
  function speedOf(records: number): string {
    const elapsed = (performance.now() - started) / 1000;
    const rate = `${formatCount(Math.round((records - first) / elapsed))} a second`;
    const now = used();
    if (now === undefined || usedFirst === undefined || now <= usedFirst) return rate;
    return `${rate}, about ${formatSeconds((elapsed / (now - usedFirst)) * (1 - now))} left`;
  }
  return {
    begin({ folder, position: { records }, config: { data } }) {
      first = records;
      unsaid = [
        `${records === 0 ? 'Learning' : `Resuming after ${counted(records, 'record')}`}; everything is kept in ${folder}`,
        ...(data.kind === 'text' ? [] : [columnsText(data)]),
      ];
      waiting = setTimeout(tellBeginning, patience).unref();
    },
    onRecord(record) {
      tellBeginning();
      latest = record;
      past.add(record);
      if (isLive || performance.now() < nextLine) return;
      nextLine = performance.now() + pause;
      tell(`${lineOf(record.step, latest)}, ${speedOf(record.step)}`);
    },
    onProblem(problem) {
      tellBeginning();
      problems++;
      if (problems <= toldProblems) tell(`left out: ${problem.sentence}`);
      if (problems === toldProblems) tell('further records that are left out are only counted');
    },
    onProgress({ position: { records } }) {
      if (records > 0) tellBeginning();
      usedFirst ??= used();
      if (!isLive) return;
      const width = Math.min(72, screen.columns - 12);
      screen.draw([...chartOf(past.items(), width), `${lineOf(records, latest)}, ${speedOf(records)}`]);
    },
    close({ position: { records, skipped } }) {
      if (records > 0) tellBeginning();
      clearTimeout(waiting);
      screen.clear();
      if (skipped > 0) tell(`${counted(skipped, 'record')} ${skipped === 1 ? 'was' : 'were'} left out`);
    },
  };
}

/** The most columns that are named. */
const namedColumns = 12;

/** How the columns of rows are taken, which the data decide where no option does. */
function columnsText(data: RowData): string {
  const { target, columns, categorical, timeFormat } = data;
  const names = columns.map((name) => {
    const told = name === '' ? '""' : name;
    return categorical.includes(name) ? `${told} (categories)` : told;
  });
  const left = names.length - namedColumns;
  const inputs = [...names.slice(0, namedColumns), ...(left > 0 ? [`${left} more`] : [])];
  const times = timestampsOf(data);
  const format = timeFormat === undefined ? '' : ` (${timeFormat})`;
  return `Predicts ${target} from ${inputs.join(', ')}${times.length === 0 ? '' : `; times: ${times.join(', ')}${format}`}`;
}

/** Prints the results of a run. */
export function summaryListener(write: (text: string) => Promise<void>): Listener {
  return {
    results: ({ folder, position, session, config }) =>
      write(summaryOf(folder, position, session.report(), config, aheadOf(config, session, 1))),
  };
}

/** The recent scores of what is served and of the best of the others. */
function chartOf(records: readonly StreamRecord[], width: number): Line[] {
  const last = records.at(-1);
  if (last === undefined) return [];
  const [[rival] = [undefined]] = Object.entries(last.baselines).sort(([, a], [, b]) => a.recent - b.recent);
  const isBits = last.unit === 'bits';
  const curve = (figure: (record: StreamRecord) => number) =>
    records
      .map((record): Point => [record.step, isBits ? figure(record) : Math.log10(figure(record))])
      .filter(([, value]) => Number.isFinite(value));
  return drawChart(
    [
      curve(({ recent }) => recent),
      ...(rival === undefined ? [] : [curve(({ baselines }) => baselines[rival].recent)]),
    ],
    width,
    8,
    [
      { text: `${isBits ? 'bits' : 'log10 of the squared error'}, recent predictions: ` },
      inColorOf(0, last.served ?? 'network'),
      ...(rival === undefined ? [] : [{ text: ', ' }, inColorOf(1, rival)]),
    ],
  );
}

function lineOf(records: number, record: StreamRecord | undefined): string {
  const begin = `record ${formatCount(records)}`;
  if (record === undefined) return begin;
  return `${begin}  mean ${formatScore(record.mean, record.unit)}, recent ${formatScore(record.recent, record.unit)} ${record.unit}`;
}
