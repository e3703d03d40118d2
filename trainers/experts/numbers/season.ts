/** The fewest values in which a season is looked for. */
const fewest = 24;
const longest = 750;
/** The least autocorrelation of a season. */
const least = 0.3;

/**
 * The length of the season in the latest values, oldest first; undefined if there is none. A season repeats
 * three times at least. Of the values without their trend, and of their differences, the one with the higher
 * autocorrelation decides; among lengths that are nearly as good, the shortest.
 */
export function seasonOf(values: readonly number[]): number | undefined {
  if (values.length < fewest) return undefined;
  const differences = values.slice(1).map((value, i) => value - values[i]);
  const found = [peakOf(withoutTrend(values)), peakOf(withoutTrend(differences))].filter(
    (peak) => peak !== undefined,
  );
  found.sort((a, b) => b.height - a.height);
  return found[0]?.lag;
}

interface Peak {
  readonly lag: number;
  readonly height: number;
}

/** The first high peak of the autocorrelation after it has been low. */
function peakOf(values: readonly number[]): Peak | undefined {
  const most = Math.min(longest, Math.floor(values.length / 3));
  const power = correlation(values, 0);
  if (!(power > 0)) return undefined;
  const heights = Array.from({ length: most + 2 }, (_, lag) => correlation(values, lag) / power);
  // Neighbours of a smooth series are alike, which is no season.
  const from = heights.findIndex((height) => height < 0.2);
  if (from < 0) return undefined;
  const peaks: Peak[] = [];
  for (let lag = Math.max(2, from); lag <= most; lag++) {
    const height = heights[lag];
    if (height >= least && height >= heights[lag - 1] && height >= heights[lag + 1])
      peaks.push({ lag, height });
  }
  const top = Math.max(...peaks.map(({ height }) => height));
  return peaks.find(({ height }) => height >= 0.9 * top);
}

/** The mean product of values `lag` apart, which many lags share evenly. */
function correlation(values: readonly number[], lag: number): number {
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += values[i] * values[i - lag];
  return sum / (values.length - lag);
}

/** The residuals of the least-squares line. */
function withoutTrend(values: readonly number[]): number[] {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  let product = 0;
  let square = 0;
  for (let i = 0; i < values.length; i++) {
    product += (i - middle) * (values[i] - mean);
    square += (i - middle) ** 2;
  }
  return values.map((value, i) => value - mean - (product / square) * (i - middle));
}

const hour = 3600;
const day = 24 * hour;
/** The usual seasons, in rows, of rows that come with a regular pause. */
const usual: readonly (readonly [least: number, most: number, seasons: readonly number[]])[] = [
  [0.99 * 300, 1.01 * 300, [288]],
  [0.99 * 600, 1.01 * 600, [144, 1008]],
  [0.99 * 900, 1.01 * 900, [96, 672]],
  [0.99 * 1800, 1.01 * 1800, [48, 336]],
  [0.99 * hour, 1.01 * hour, [24, 168]],
  [0.99 * day, 1.01 * day, [7, 365]],
  [6.9 * day, 7.1 * day, [52]],
  [27 * day, 32 * day, [12]],
  [89 * day, 93 * day, [4]],
];

/** The seasons, in rows, that go with a typical pause between rows, in seconds. */
export function usualSeasons(pause: number): readonly number[] {
  return usual.find(([shortest, longest]) => pause >= shortest && pause <= longest)?.[2] ?? [];
}
