/** The mean of everything, and the mean of the latest values. */
export interface Meter {
  add(value: number): void;
  readonly count: number;
  readonly last: number;
  readonly mean: number;
  /** Of the last `window` values, or of all as long as there are fewer. */
  windowMean(): number;
}

export function createMeter(window: number): Meter {
  const latest = new Float64Array(window);
  let count = 0;
  let mean = 0;
  let last = Number.NaN;
  return {
    add(value) {
      latest[count % window] = value;
      last = value;
      count++;
      // A sum of large losses would overflow long before their mean.
      mean += (value - mean) / count;
    },
    get count() {
      return count;
    },
    get last() {
      return last;
    },
    get mean() {
      return mean;
    },
    windowMean() {
      // Added up anew: a sliding sum would keep the rounding errors of large values after they have left.
      const length = Math.min(count, window);
      let total = 0;
      for (let i = 0; i < length; i++) total += latest[i] / length;
      return total;
    },
  };
}
