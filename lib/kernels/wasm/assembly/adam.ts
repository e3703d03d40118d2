// Adam (Kingma & Ba 2015, algorithm 1) in one pass over weights, both moments and the gradient.
import { bytes, loadPart, madd, storePart } from './vector';

@inline function scalarAt<T>(scalars: usize, i: usize): v128 {
  return v128.load_splat<T>(scalars + (i << alignof<T>()));
}

export function adam<T>(w: usize, m: usize, v: usize, g: usize, n: usize, scalars: usize): void {
  // Read once: the stores below could change them, as far as the compiler knows.
  const keep1 = scalarAt<T>(scalars, 0);
  const share1 = scalarAt<T>(scalars, 1);
  const keep2 = scalarAt<T>(scalars, 2);
  const share2 = scalarAt<T>(scalars, 3);
  const c1 = scalarAt<T>(scalars, 4);
  const c2 = scalarAt<T>(scalars, 5);
  const rate = scalarAt<T>(scalars, 6);
  const epsilon = scalarAt<T>(scalars, 7);
  const size = bytes<T>(n);
  const main = size & ~15;
  const rest = size & 15;
  let i: usize = 0;
  for (; i < main; i += 16) {
    const gradient = v128.load(g + i);
    const first = moment<T>(keep1, v128.load(m + i), share1, gradient);
    const second = moment<T>(keep2, v128.load(v + i), share2, v128.mul<T>(gradient, gradient));
    v128.store(m + i, first);
    v128.store(v + i, second);
    v128.store(w + i, moved<T>(v128.load(w + i), first, second, c1, c2, rate, epsilon));
  }
  if (rest) {
    const gradient = loadPart(g + i, rest);
    const first = moment<T>(keep1, loadPart(m + i, rest), share1, gradient);
    const second = moment<T>(keep2, loadPart(v + i, rest), share2, v128.mul<T>(gradient, gradient));
    storePart(m + i, first, rest);
    storePart(v + i, second, rest);
    storePart(w + i, moved<T>(loadPart(w + i, rest), first, second, c1, c2, rate, epsilon), rest);
  }
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
