// Adam (Kingma & Ba 2015, algorithm 1) in one pass over weights, both moments and the gradient.
import { bytes, loadPart, madd, storePart } from './vector';

@inline function scalarAt<T>(scalars: usize, i: usize): v128 {
  return v128.load_splat<T>(scalars + (i << alignof<T>()));
}

export function adam<T>(w: usize, m: usize, v: usize, g: usize, n: usize, scalars: usize): void {
  const size = bytes<T>(n);
  const main = size & ~15;
  const rest = size & 15;
  let i: usize = 0;
  for (; i < main; i += 16) {
    const gradient = v128.load(g + i);
    const first = moment<T>(scalars, 0, v128.load(m + i), gradient);
    const second = moment<T>(scalars, 2, v128.load(v + i), v128.mul<T>(gradient, gradient));
    v128.store(m + i, first);
    v128.store(v + i, second);
    v128.store(w + i, moved<T>(scalars, v128.load(w + i), first, second));
  }
  if (rest) {
    const gradient = loadPart(g + i, rest);
    const first = moment<T>(scalars, 0, loadPart(m + i, rest), gradient);
    const second = moment<T>(scalars, 2, loadPart(v + i, rest), v128.mul<T>(gradient, gradient));
    storePart(m + i, first, rest);
    storePart(v + i, second, rest);
    storePart(w + i, moved<T>(scalars, loadPart(w + i, rest), first, second), rest);
  }
}

/** β·old + (1-β)·value. */
@inline function moment<T>(scalars: usize, i: usize, old: v128, value: v128): v128 {
  return madd<T>(v128.mul<T>(scalarAt<T>(scalars, i), old), scalarAt<T>(scalars, i + 1), value);
}

@inline function moved<T>(scalars: usize, weights: v128, first: v128, second: v128): v128 {
  const step = v128.mul<T>(scalarAt<T>(scalars, 6), v128.mul<T>(first, scalarAt<T>(scalars, 4)));
  const size = v128.add<T>(v128.sqrt<T>(v128.mul<T>(second, scalarAt<T>(scalars, 5))), scalarAt<T>(scalars, 7));
  return v128.add<T>(weights, v128.div<T>(step, size));
}
