// The updates of Adam (Kingma & Ba 2015, algorithm 1) and RMSprop (Tieleman & Hinton 2012), in one pass over
// weights, moments and the gradient. What is zero in all but the weights stays as it is, and is not computed:
// most rows of an input matrix belong to symbols that never come.
import { bytes, loadPart, madd, storePart } from './vector';

/** The bytes that are looked at together, to see whether there is anything in them. */
const block: usize = 64;

@inline function scalarAt<T>(scalars: usize, i: usize): T {
  return load<T>(scalars + (i << alignof<T>()));
}

/** Whether a factor that meets zero makes zero. */
@inline function isTame<T>(factor: T): bool {
  return factor >= <T>0 && factor < <T>Infinity;
}

@inline function blockOf(at: usize): v128 {
  const first = v128.or(v128.load(at), v128.load(at, 16));
  return v128.or(first, v128.or(v128.load(at, 32), v128.load(at, 48)));
}

@inline function blocksOf(a: usize, b: usize, c: usize): v128 {
  return v128.or(blockOf(a), v128.or(blockOf(b), blockOf(c)));
}

export function adam<T>(pc: usize): void {
  const w = load<usize>(pc, 4);
  const m = load<usize>(pc, 8);
  const v = load<usize>(pc, 12);
  const g = load<usize>(pc, 16);
  const n = load<usize>(pc, 20);
  const scalars = load<usize>(pc, 24);
  // Read once: the stores below could change them, as far as the compiler knows.
  const keep1 = v128.splat<T>(scalarAt<T>(scalars, 0));
  const share1 = v128.splat<T>(scalarAt<T>(scalars, 1));
  const keep2 = v128.splat<T>(scalarAt<T>(scalars, 2));
  const share2 = v128.splat<T>(scalarAt<T>(scalars, 3));
  const c1 = v128.splat<T>(scalarAt<T>(scalars, 4));
  const c2 = v128.splat<T>(scalarAt<T>(scalars, 5));
  const rate = v128.splat<T>(scalarAt<T>(scalars, 6));
  const epsilon = v128.splat<T>(scalarAt<T>(scalars, 7));
  let isStill = scalarAt<T>(scalars, 7) > <T>0 && isTame<T>(-scalarAt<T>(scalars, 6));
  for (let i = 0; i < 6; i++) isStill = isStill && isTame<T>(scalarAt<T>(scalars, i));
  const size = bytes<T>(n);
  const blocks = size - (size % block);
  const main = size & ~15;
  const rest = size & 15;
  let i: usize = 0;
  for (; i < blocks; i += block) {
    // Mostly there is something in the first vector, and then the others are not looked at.
    if (isStill && !v128.any_true(v128.load(m + i)) && !v128.any_true(blocksOf(m + i, v + i, g + i))) continue;
    for (let at = i; at < i + block; at += 32) {
      adamAt<T>(w + at, m + at, v + at, g + at, keep1, share1, keep2, share2, c1, c2, rate, epsilon);
      adamAt<T>(w + at + 16, m + at + 16, v + at + 16, g + at + 16, keep1, share1, keep2, share2, c1, c2, rate, epsilon);
    }
  }
  for (; i < main; i += 16)
    adamAt<T>(w + i, m + i, v + i, g + i, keep1, share1, keep2, share2, c1, c2, rate, epsilon);
  if (rest) {
    const gradient = loadPart(g + i, rest);
    const first = moment<T>(keep1, loadPart(m + i, rest), share1, gradient);
    const second = moment<T>(keep2, loadPart(v + i, rest), share2, v128.mul<T>(gradient, gradient));
    storePart(m + i, first, rest);
    storePart(v + i, second, rest);
    storePart(w + i, moved<T>(loadPart(w + i, rest), first, second, c1, c2, rate, epsilon), rest);
  }
}

/** One vector of the weights and of their moments. */
@inline function adamAt<T>(
  w: usize, m: usize, v: usize, g: usize, keep1: v128, share1: v128, keep2: v128, share2: v128,
  c1: v128, c2: v128, rate: v128, epsilon: v128,
): void {
  const gradient = v128.load(g);
  const first = moment<T>(keep1, v128.load(m), share1, gradient);
  const second = moment<T>(keep2, v128.load(v), share2, v128.mul<T>(gradient, gradient));
  v128.store(m, first);
  v128.store(v, second);
  v128.store(w, moved<T>(v128.load(w), first, second, c1, c2, rate, epsilon));
}

export function rmsprop<T>(pc: usize): void {
  const w = load<usize>(pc, 4);
  const v = load<usize>(pc, 8);
  const g = load<usize>(pc, 12);
  const n = load<usize>(pc, 16);
  const scalars = load<usize>(pc, 20);
  const keep = v128.splat<T>(scalarAt<T>(scalars, 0));
  const share = v128.splat<T>(scalarAt<T>(scalars, 1));
  const rate = v128.splat<T>(scalarAt<T>(scalars, 2));
  const epsilon = v128.splat<T>(scalarAt<T>(scalars, 3));
  const isStill =
    scalarAt<T>(scalars, 3) > <T>0 &&
    isTame<T>(-scalarAt<T>(scalars, 2)) &&
    isTame<T>(scalarAt<T>(scalars, 1)) &&
    isTame<T>(scalarAt<T>(scalars, 0));
  const size = bytes<T>(n);
  const blocks = size - (size % block);
  const main = size & ~15;
  const rest = size & 15;
  let i: usize = 0;
  for (; i < blocks; i += block) {
    if (isStill && !v128.any_true(v128.load(v + i)) && !v128.any_true(v128.or(blockOf(v + i), blockOf(g + i)))) continue;
    for (let at = i; at < i + block; at += 32) {
      rmspropAt<T>(w + at, v + at, g + at, keep, share, rate, epsilon);
      rmspropAt<T>(w + at + 16, v + at + 16, g + at + 16, keep, share, rate, epsilon);
    }
  }
  for (; i < main; i += 16) rmspropAt<T>(w + i, v + i, g + i, keep, share, rate, epsilon);
  if (rest) {
    const gradient = loadPart(g + i, rest);
    const second = moment<T>(keep, loadPart(v + i, rest), share, v128.mul<T>(gradient, gradient));
    storePart(v + i, second, rest);
    storePart(w + i, along<T>(loadPart(w + i, rest), gradient, second, rate, epsilon), rest);
  }
}

@inline function rmspropAt<T>(
  w: usize, v: usize, g: usize, keep: v128, share: v128, rate: v128, epsilon: v128,
): void {
  const gradient = v128.load(g);
  const second = moment<T>(keep, v128.load(v), share, v128.mul<T>(gradient, gradient));
  v128.store(v, second);
  v128.store(w, along<T>(v128.load(w), gradient, second, rate, epsilon));
}

/** β·old + (1-β)·value. */
@inline function moment<T>(keep: v128, old: v128, share: v128, value: v128): v128 {
  return madd<T>(v128.mul<T>(keep, old), share, value);
}

@inline function moved<T>(
  weights: v128, first: v128, second: v128, c1: v128, c2: v128, rate: v128, epsilon: v128,
): v128 {
  const step = v128.mul<T>(rate, v128.mul<T>(first, c1));
  const size = v128.add<T>(v128.sqrt<T>(v128.mul<T>(second, c2)), epsilon);
  return v128.add<T>(weights, v128.div<T>(step, size));
}

/** w + rate·(g / (√v + ε)). */
@inline function along<T>(weights: v128, gradient: v128, second: v128, rate: v128, epsilon: v128): v128 {
  const size = v128.add<T>(v128.sqrt<T>(second), epsilon);
  return madd<T>(weights, rate, v128.div<T>(gradient, size));
}
