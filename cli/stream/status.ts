import { formatCount } from '../terminal/numbers.ts';
import type { StreamListener } from './learnStream.ts';
import type { Position } from './position.ts';
import type { StreamRecord } from './record.ts';
import type { Report } from './session.ts';
import { formatScore, summaryOf } from './summary.ts';

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

/** One line that is written again and again on a terminal, and plain lines elsewhere. */
export function createStatus(stream: NodeJS.WriteStream, isQuiet: boolean): Status {
  const isLive = !isQuiet && stream.isTTY && process.env.TERM !== 'dumb';
  const started = performance.now();
  let problems = 0;
  let latest: StreamRecord | undefined;
  let first = 0;
  let nextLine = started + pause;
  const clear = isLive ? '\r\u001b[K' : '';
  const tell = (line: string) => void (!isQuiet && stream.write(`${clear}${line}\n`));
  return {
    tell,
    begin(folder, records) {
      first = records;
      tell(`${records === 0 ? 'Learning' : `Going on after ${formatCount(records)} records`}; everything is kept in ${folder}`);
    },
    onRecord(record) {
      latest = record;
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
      if (isLive)
        stream.write(
          `${clear}${`${lineOf(records, latest)}, ${formatCount(Math.round(rate))} a second`.slice(0, (stream.columns ?? 80) - 1)}`,
        );
    },
    finish(skipped) {
      if (isLive) stream.write(clear);
      if (skipped > 0) tell(`${formatCount(skipped)} records were left out`);
    },
    summary: summaryOf,
  };
}

function lineOf(records: number, record: StreamRecord | undefined): string {
  const begin = `record ${formatCount(records)}`;
  if (record === undefined) return begin;
  return `${begin}  mean ${formatScore(record.mean, record.unit)}, recent ${formatScore(record.recent, record.unit)} ${record.unit}`;
}
