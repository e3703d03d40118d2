import {
  requireEntries,
  requireLength,
  requireNear,
  requireNumbers,
  requireSame,
  requireWhole,
} from './saved.ts';
import type { Figures } from './scores.ts';

/** Compares how often the most probable class comes with its predicted probability. */
export interface Calibration {
  /** Adds a prediction: the probability of its most probable class, and whether that class came. */
  add(confidence: number, isRight: boolean): void;
  /** The share of predictions whose most probable class came. */
  accuracy(): Figures;
  /**
   * The expected calibration error: the mean difference of confidence and accuracy within a bin, weighted by
   * predictions.
   */
  calibrationError(): Figures;
  /** The bins behind the error over all predictions, without empty ones. */
  reliability(): readonly ReliabilityBin[];
  save(): SavedCalibration;
}

/** The predictions with a confidence above `from` and at most `to`. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly confidence: number;
  readonly accuracy: number;
}

export interface SavedCalibration {
  readonly bins: readonly Sums[];
  /** In slot order, as in a tally; negative if the class did not come. */
  readonly latest: readonly number[];
}

type Bins = readonly [number, number, number][];
type Sums = readonly [count: number, confidence: number, right: number];

/** As in Guo et al. 2017. */
const binCount = 15;

/**
 * By bins of equal width of the confidence: Naeini, Cooper and Hauskrecht, "Obtaining well calibrated
 * probabilities using Bayesian binning", 2015; for the most probable class as in Guo, Pleiss, Sun and
 * Weinberger, "On calibration of modern neural networks", 2017: ECE = Σ_b (n_b / n) |accuracy_b -
 * confidence_b|.
 */
export function createCalibration(window: number, saved?: SavedCalibration): Calibration {
  if (saved !== undefined) requireOwn(saved, window);
  const bins = Array.from({ length: binCount }, (_, bin): [number, number, number] => [
    ...(saved?.bins[bin] ?? zero),
  ]);
  const latest = Float64Array.from({ length: window }, (_, slot) => saved?.latest[slot] ?? 0);
  let count = total(bins, 0);
  const recentBins = () => binsOf(latest.subarray(0, Math.min(count, window)));
  return {
    add(confidence, isRight) {
      countIn(bins, confidence, isRight);
      latest[count % window] = isRight ? confidence : -confidence;
      count++;
    },
    accuracy: () => ({ mean: accuracyOf(bins), recent: accuracyOf(recentBins()) }),
    calibrationError: () => ({ mean: errorOf(bins), recent: errorOf(recentBins()) }),
    reliability: () =>
      bins.flatMap(([n, confidence, right], bin) =>
        n === 0
          ? []
          : [
              {
                from: bin / binCount,
                to: (bin + 1) / binCount,
                count: n,
                confidence: confidence / n,
                accuracy: right / n,
              },
            ],
      ),
    save: () => ({
      bins: bins.map(([...sums]) => sums),
      latest: [...latest.subarray(0, Math.min(count, window))],
    }),
  };
}

const zero: Sums = [0, 0, 0];

/** Summed anew each time, like the recent mean of a tally. */
function binsOf(latest: Iterable<number>): Bins {
  const bins = Array.from({ length: binCount }, (): [number, number, number] => [...zero]);
  for (const confidence of latest) countIn(bins, Math.abs(confidence), confidence > 0);
  return bins;
}

/** @throws DataError unless confidences from 0 to 1 can lead to this. */
function requireOwn(saved: SavedCalibration, window: number): void {
  requireEntries('the calibration', saved, ['bins', 'latest']);
  requireLength('the list of bins', saved.bins, binCount);
  for (const [bin, sums] of saved.bins.entries()) {
    requireLength('a bin', sums, 3);
    const [count, confidence, right] = sums;
    requireWhole('a number of predictions', [count, right]);
    requireWhole('a number of right predictions', [right], count + 1);
    // Rounding errors accumulate.
    const room = 1e-9 * count;
    requireNumbers(
      'a sum of confidences',
      [confidence],
      ((bin + 1) / binCount) * count + room,
      (bin / binCount) * count - room,
    );
  }
  const all = total(saved.bins, 0);
  requireLength('the list of confidences', saved.latest, Math.min(all, window));
  requireNumbers('a confidence', saved.latest, 1);
  for (const [bin, [count, confidence, right]] of binsOf(saved.latest).entries()) {
    const [allCount, allConfidence, allRight] = saved.bins[bin];
    if (all > window) {
      requireSame('a bin', count <= allCount && right <= allRight, true);
      continue;
    }
    requireSame('a number of predictions', allCount, count);
    requireSame('a number of right predictions', allRight, right);
    requireNear('a sum of confidences', allConfidence, confidence, Math.max(confidence, 1e-300));
  }
}

function countIn(bins: Bins, confidence: number, isRight: boolean): void {
  const bin = bins[Math.max(0, Math.ceil(confidence * binCount) - 1)];
  bin[0]++;
  bin[1] += confidence;
  if (isRight) bin[2]++;
}

function accuracyOf(bins: readonly Sums[]): number {
  return total(bins, 2) / Math.max(1, total(bins, 0));
}

function errorOf(bins: readonly Sums[]): number {
  const gaps = bins.reduce((sum, [, confidence, right]) => sum + Math.abs(right - confidence), 0);
  return gaps / Math.max(1, total(bins, 0));
}

function total(bins: readonly Sums[], part: 0 | 1 | 2): number {
  return bins.reduce((sum, bin) => sum + bin[part], 0);
}
