import type { StridedArray } from './ndarray.ts';

/** The loops of `ndarray-ops` that norewind uses, without code made at run time. */
export const ops = {
  assign: (out: StridedArray, x: StridedArray) => loop(out, [x], ([a]) => a),
  add: (out: StridedArray, x: StridedArray, y: StridedArray) => loop(out, [x, y], ([a, b]) => a + b),
  mul: (out: StridedArray, x: StridedArray, y: StridedArray) => loop(out, [x, y], ([a, b]) => a * b),
  muls: (out: StridedArray, x: StridedArray, factor: number) => loop(out, [x], ([a]) => a * factor),
  gt: (out: StridedArray, x: StridedArray, y: StridedArray) => loop(out, [x, y], ([a, b]) => Number(a > b)),
};

/** out[i] = f(x[i], …) at every index. Arrays may have any strides. */
function loop(
  out: StridedArray,
  from: readonly StridedArray[],
  f: (values: readonly number[]) => number,
): void {
  const axes = out.shape.length;
  const values = from.map(() => 0);
  const places = from.map(({ offset }) => offset);
  const visit = (axis: number, at: number) => {
    if (axis === axes) {
      for (let i = 0; i < from.length; i++) values[i] = from[i].data[places[i]];
      out.data[at] = f(values);
      return;
    }
    for (let k = 0; k < out.shape[axis]; k++) {
      visit(axis + 1, at + k * out.stride[axis]);
      for (let i = 0; i < from.length; i++) places[i] += from[i].stride[axis];
    }
    for (let i = 0; i < from.length; i++) places[i] -= out.shape[axis] * from[i].stride[axis];
  };
  visit(0, out.offset);
}
