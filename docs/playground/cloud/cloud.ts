import { seeded } from '../../../trainers/norewind.ts';
import { network } from './pairs.ts';
import { lengthOf, minus, onto, type Plane, planeOf } from './plane.ts';
import { type Rule, rules } from './rules.ts';

export interface Cloud {
  readonly rule: Rule;
  /** Each sequence as x, y around the exact derivative, in lengths of it, in the order in which they are shown. */
  readonly dots: Float32Array;
  /** The mean of all, likewise. */
  readonly mean: readonly [x: number, y: number];
  /** The distance of the mean from the exact derivative, in lengths of it, in all sixteen dimensions. */
  readonly miss: number;
}

/**
 * Every sequence of signs of a network of two units: what each says ∂s/∂θ is, on the plane where the impostors' errors
 * are best seen.
 */
export function clouds(seed: number, steps: number): readonly Cloud[] {
  const { exact, estimate } = network(seed, steps);
  const count = 4 ** steps;
  const size = lengthOf(exact);
  const runs = rules.map((rule) => {
    const all = Array.from({ length: count }, (_, code) => estimate(rule, signsOf(code, steps)));
    return { rule, all, mean: meanOf(all) };
  });
  const plane = planeOf(runs.slice(1).map(({ mean }) => minus(mean, exact)));
  const order = shuffled(count);
  return runs.map(({ rule, all, mean }) => ({
    rule,
    dots: Float32Array.from(order.flatMap((code) => place(plane, all[code], exact, size))),
    mean: place(plane, mean, exact, size),
    miss: lengthOf(minus(mean, exact)) / size,
  }));
}

function place(plane: Plane, v: Float64Array, exact: Float64Array, size: number): readonly [number, number] {
  const [x, y] = onto(plane, minus(v, exact));
  return [x / size, y / size];
}

/** The signs of a sequence by its number: bit k is that of draw k. */
function signsOf(code: number, steps: number): Float64Array {
  return Float64Array.from({ length: 2 * steps }, (_, k) => ((code >> k) & 1 ? 1 : -1));
}

/** Summed in pairs, so that the rounding grows with the draws and not with the sequences. */
function meanOf(all: readonly Float64Array[]): Float64Array {
  if (all.length === 1) return all[0];
  const half = Array.from({ length: all.length / 2 }, (_, i) =>
    all[2 * i].map((value, k) => (value + all[2 * i + 1][k]) / 2),
  );
  return meanOf(half);
}

function shuffled(count: number): number[] {
  const noise = seeded(7);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = noise.integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
