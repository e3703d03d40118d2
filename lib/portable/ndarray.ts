/**
 * `ndarray` without code made at run time: the views of the build for browsers, where a Content Security Policy may
 * forbid such code. The same fields and methods as the package has, for any number of axes.
 */

type Numbers = { readonly length: number; [index: number]: number };

export class StridedArray {
  readonly data: Numbers;
  readonly shape: number[];
  readonly stride: number[];
  readonly offset: number;

  constructor(data: Numbers, shape: readonly number[], stride: readonly number[], offset: number) {
    this.data = data;
    this.shape = [...shape];
    this.stride = [...stride];
    this.offset = offset;
  }

  get dtype(): string {
    const [, kind] =
      /^(?:Big)?(\w+)Array$/.exec(Object.prototype.toString.call(this.data).slice(8, -1)) ?? [];
    return kind === undefined || kind === ''
      ? 'array'
      : kind.toLowerCase().replace('uint8clamped', 'uint8_clamped');
  }

  get size(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  get dimension(): number {
    return this.shape.length;
  }

  /** The axes by growing stride. */
  get order(): number[] {
    return this.stride
      .map((step, axis) => [Math.abs(step), axis])
      .sort(([a, i], [b, j]) => a - b || j - i)
      .map(([, axis]) => axis);
  }

  index(...at: number[]): number {
    return this.stride.reduce((place, step, axis) => place + step * at[axis], this.offset);
  }

  get(...at: number[]): number {
    return this.data[this.index(...at)];
  }

  set(...atAndValue: number[]): number {
    const value = atAndValue[this.shape.length];
    this.data[this.index(...atAndValue)] = value;
    return value;
  }

  /** The block that begins here; an axis without a number is kept whole. */
  lo(...begin: (number | null | undefined)[]): StridedArray {
    const from = this.shape.map((_, axis) => wholeOf(begin[axis]) ?? 0);
    const offset = from.reduce((place, start, axis) => place + start * this.stride[axis], this.offset);
    return new StridedArray(
      this.data,
      this.shape.map((length, axis) => length - from[axis]),
      this.stride,
      offset,
    );
  }

  /** The block of these lengths. */
  hi(...lengths: (number | null | undefined)[]): StridedArray {
    const shape = this.shape.map((length, axis) => wholeOf(lengths[axis]) ?? length);
    return new StridedArray(this.data, shape, this.stride, this.offset);
  }

  /** Every n-th entry of an axis, backwards for a negative n. */
  step(...steps: (number | null | undefined)[]): StridedArray {
    let { offset } = this;
    const [shape, stride] = [[...this.shape], [...this.stride]];
    for (const axis of shape.keys()) {
      const own = steps[axis];
      if (typeof own !== 'number') continue;
      const by = Math.trunc(own);
      if (by < 0) offset += stride[axis] * (shape[axis] - 1);
      shape[axis] = Math.ceil(shape[axis] / Math.abs(by));
      stride[axis] *= by;
    }
    return new StridedArray(this.data, shape, stride, offset);
  }

  /** The axes in another order. */
  transpose(...axes: number[]): StridedArray {
    const order = this.shape.map((_, axis) => axes[axis] ?? axis);
    return new StridedArray(
      this.data,
      order.map((axis) => this.shape[axis]),
      order.map((axis) => this.stride[axis]),
      this.offset,
    );
  }

  /** Entries of some axes, which are left out; an axis with a negative number is kept. */
  pick(...at: (number | null | undefined)[]): StridedArray {
    const isPicked = (axis: number) => typeof at[axis] === 'number' && (at[axis] as number) >= 0;
    const kept = this.shape.map((_, axis) => axis).filter((axis) => !isPicked(axis));
    const offset = this.stride.reduce(
      (place, step, axis) => place + (isPicked(axis) ? step * (at[axis] as number) : 0),
      this.offset,
    );
    return new StridedArray(
      this.data,
      kept.map((axis) => this.shape[axis]),
      kept.map((axis) => this.stride[axis]),
      offset,
    );
  }
}

function wholeOf(value: number | null | undefined): number | undefined {
  return typeof value === 'number' && value >= 0 ? Math.trunc(value) : undefined;
}

export function ndarray(
  data: Numbers,
  shape: readonly number[] = [data.length],
  stride?: readonly number[],
  offset?: number,
): StridedArray {
  const steps = [...(stride ?? rowMajor(shape))];
  const least = () =>
    steps.reduce((place, step, axis) => place + (step < 0 ? -(shape[axis] - 1) * step : 0), 0);
  return new StridedArray(data, shape, steps, offset ?? least());
}

function rowMajor(shape: readonly number[]): number[] {
  const stride = new Array<number>(shape.length);
  let run = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    stride[axis] = run;
    run *= shape[axis];
  }
  return stride;
}
