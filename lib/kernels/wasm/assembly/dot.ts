// Inner products.
import { bytes, loadPart, madd, wideLoss, wideSum, wideTotal, zero } from './vector';

/**
 * Bytes that are summed directly: 32 additions of float32 to each lane of four vectors, or 128 of float64.
 */
@inline function block<T>(): usize {
  return sizeof<T>() == 4 ? 2048 : 8192;
}

/** Four partial sums, as a single chain of additions would stall. */
@inline function dotBlock<T>(x: usize, y: usize, size: usize): v128 {
  let a = zero();
  let b = zero();
  let c = zero();
  let d = zero();
  let i: usize = 0;
  for (const main = size & ~63; i < main; i += 64) {
    a = madd<T>(a, v128.load(x + i), v128.load(y + i));
    b = madd<T>(b, v128.load(x + i, 16), v128.load(y + i, 16));
    c = madd<T>(c, v128.load(x + i, 32), v128.load(y + i, 32));
    d = madd<T>(d, v128.load(x + i, 48), v128.load(y + i, 48));
  }
  for (const main = size & ~15; i < main; i += 16) a = madd<T>(a, v128.load(x + i), v128.load(y + i));
  const rest = size & 15;
  if (rest) b = madd<T>(b, loadPart(x + i, rest), loadPart(y + i, rest));
  return v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d));
}

export function dotOf<T>(x: usize, y: usize, size: usize): f64 {
  let sum = zero();
  let lost = zero();
  for (; size > block<T>(); size -= block<T>(), x += block<T>(), y += block<T>()) {
    const part = dotBlock<T>(x, y, block<T>());
    lost = wideLoss<T>(lost, sum, part);
    sum = wideSum<T>(sum, part);
  }
  const part = dotBlock<T>(x, y, size);
  lost = wideLoss<T>(lost, sum, part);
  return wideTotal<T>(wideSum<T>(sum, part), lost);
}

export function dot<T>(out: usize, x: usize, y: usize, n: usize): void {
  store<T>(out, <T>dotOf<T>(x, y, bytes<T>(n)));
}

