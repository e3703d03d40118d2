import { chosenCases } from '../cases.ts';
import { learnerOfLanes, streamOf } from '../lanes.ts';
import { cpuClock, interleave, median, ratio } from '../measure.ts';
import type { Options } from '../options.ts';
import { type Cell, digits, type Table, times } from '../report.ts';
import { ceilingRunners, limitOf } from '../roofline/ceilings.ts';
import { type Measure, measures } from '../roofline/module.ts';
import { workDuring } from '../roofline/plans.ts';

/** A step against what one core can do with 128-bit vectors from WebAssembly, measured in the same rounds. */
export function roofline(options: Options, say: (text: string) => void): Table {
  const rates = measures.map((): number[] => []);
  const rows = chosenCases(options).map(({ name, own }): Cell[] => {
    say(`roofline: ${name}`);
    const problem = streamOf(own);
    const { period } = problem;
    const { run } = learnerOfLanes(problem);
    // The first periods compile.
    run(4 * period);
    const { work, runs } = workDuring(() => run(period));
    const step = { name, window: period, run: (count: number) => run(count * period) };
    const [took, ...ceilings] = interleave([step, ...ceilingRunners(work, runs)], options.effort, cpuClock);
    for (const [i, own] of ceilings.entries()) rates[i].push(own.median);
    const { timing, part } = limitOf(work, period, ceilings);
    const thousands = (value: number) => digits(value / period / 1000);
    return [
      name,
      took,
      thousands(Math.max(work.products, work.sums)),
      thousands(work.quotients + work.roots),
      thousands(work.read),
      thousands(work.written),
      digits(timing.median),
      part,
      times(ratio(took, timing)),
    ];
  });
  return {
    group: 'roofline',
    title: 'A step, and the least time that one core could take for it: µs of CPU',
    columns: [
      'case',
      'µs per step',
      'thousand products or sums',
      'divisions, roots',
      'KB read',
      'KB written',
      'limit, µs',
      'by',
      'distance',
    ],
    rows,
    notes: rows.length === 0 ? [] : [`In a nanosecond one core did ${told(rates)}.`],
  };
}

/** The rates as a sentence. */
function told(rates: readonly (readonly number[])[]): string {
  const perNano = (measure: Measure) => digits(1 / median(rates[measures.indexOf(measure)]));
  const most = (measure: Measure) => digits(1 / Math.min(...rates[measures.indexOf(measure)]));
  return [
    `${perNano('products')} products and as many sums, ${perNano('quotients')} divisions or ${perNano('roots')} roots of float32,`,
    `and read at most ${most('read')} or wrote ${most('written')} bytes, fewer of larger arrays`,
  ].join(' ');
}
