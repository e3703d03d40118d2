import type { Runner, Timing } from '../measure.ts';
import { timingOf } from '../measure.ts';
import { type Loops, loopsOver, type Measure, measures, perTurn, productsPerTurn, stride } from './module.ts';
import type { Work } from './work.ts';

/** Bytes that stay in the first cache, for loops that hardly touch memory. */
const near = 4096;

/**
 * The rates of a core: a time is that of a thousand numbers, or bytes. Memory is passed over from end to end, as many
 * bytes as one run of the plan reads or writes, so that they come from the cache that they fit in.
 */
export function ceilingRunners({ read, written }: Work, runs: number): Runner[] {
  const round = (bytes: number) => Math.max(near, Math.ceil(bytes / runs / stride) * stride);
  const loops: Loops = loopsOver(Math.max(round(read), round(written)));
  return measures.map((name) => {
    const isMemory = name === 'read' || name === 'written';
    const size = name === 'read' ? round(read) : name === 'written' ? round(written) : near;
    const perPass = isMemory ? size : (size / stride) * (name === 'products' ? productsPerTurn : perTurn);
    return {
      name,
      window: perPass / 1000,
      run: (count) => loops[name](0, size, count),
    };
  });
}

/** The share of a step that each part of a core has to work for. */
const parts = ['products and sums', 'divisions and roots', 'reading', 'writing'] as const;
type Part = (typeof parts)[number];

/** Microseconds a step at the least, if one part of a core has all of it to do; and which part that is. */
export interface Limit {
  readonly timing: Timing;
  readonly part: Part;
}

/**
 * The limit of a step, in each round by what the core did in that round. Products have units of their own, and so have
 * sums; divisions and roots share one.
 * @param rates microseconds for a thousand, in the order of `measures`.
 */
export function limitOf(work: Work, steps: number, rates: readonly Timing[]): Limit {
  const rate = (measure: Measure, round: number) => rates[measures.indexOf(measure)].rounds[round];
  const shares = (round: number): Readonly<Record<Part, number>> => ({
    'products and sums': Math.max(work.products, work.sums) * rate('products', round),
    'divisions and roots': work.quotients * rate('quotients', round) + work.roots * rate('roots', round),
    reading: work.read * rate('read', round),
    writing: work.written * rate('written', round),
  });
  const all = rates[0].rounds.map((_, round) => shares(round));
  const micros = (part: Part) => timingOf(all.map((own) => own[part] / 1000 / steps));
  const timings = parts.map((part) => ({ part, timing: micros(part) }));
  return timings.reduce((most, own) => (own.timing.median > most.timing.median ? own : most));
}
