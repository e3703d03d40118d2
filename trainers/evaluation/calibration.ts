import { requireEntries, requireLength, requireNear, requireNumbers, requireSame, requireWhole } from './saved.ts';
import type { Figures } from './scores.ts';

/** Whether the most probable class comes as often as its probability says. */
export interface Calibration {
  /** Counts a prediction in: the probability of its most probable class, and whether that class came. */
  add(confidence: number, isRight: boolean): void;
  /** How often the most probable class came. */
  accuracy(): Figures;
  /** The expected calibration error: by how much confidence and accuracy differ within a bin, as a mean over the predictions. */
  calibrationError(): Figures;
  /** What the error of all predictions is made of; bins that hold none are left out. */
  reliability(): readonly ReliabilityBin[];
  save(): SavedCalibration;
}

/** The predictions whose confidence is above `from` and at most `to`. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly confidence: number;
  readonly accuracy: number;
}

export interface SavedCalibration {
  readonly bins: readonly Sums[];
  /** In the order of the slots, which the count says the latest of; negative where the class did not come. */
  readonly latest: readonly number[];
}

type Bins = readonly [number, number, number][];
type Sums = readonly [count: number, confidence: number, right: number];

/** As many as Guo et al. 2017 use. */
const binCount = 15;

/**
 * By bins of equal width of the confidence: Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
 * binning", 2015; for the most probable class as in Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", 2017:
 * ECE = Σ_b (n_b / n) |accuracy_b - confidence_b|.
 */
export function createCalibration(window: number, saved?: SavedCalibration): Calibration {
  if (saved !== undefined) requireOwn(saved, window);
  const bins = Array.from({ length: binCount }, (_, bin): [number, number, number] => [...(saved?.bins[bin] ?? zero)]);
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
          : [{ from: bin / binCount, to: (bin + 1) / binCount, count: n, confidence: confidence / n, accuracy: right / n }],
      ),
    save: () => ({ bins: bins.map(([...sums]) => sums), latest: [...latest.subarray(0, Math.min(count, window))] }),
  };
}

const zero: Sums = [0, 0, 0];

/** Added up anew, as the recent mean of a tally is. */
function binsOf(latest: Iterable<number>): Bins {
  const bins = Array.from({ length: binCount }, (): [number, number, number] => [...zero]);
  for (const confidence of latest) countIn(bins, Math.abs(confidence), confidence > 0);
  return bins;
}

/** @throws DataError unless confidences from 0 to 1 come to this. */
function requireOwn(saved: SavedCalibration, window: number): void {
  requireEntries('the calibration', saved, ['bins', 'latest']);
  requireLength('the list of bins', saved.bins, binCount);
  for (const [bin, sums] of saved.bins.entries()) {
    requireLength('a bin', sums, 3);
    const [count, confidence, right] = sums;
    requireWhole('a number of predictions', [count, right]);
    requireWhole('a number of right predictions', [right], count + 1);
    // Rounding adds up.
    const room = 1e-9 * count;
    requireNumbers('a sum of confidences', [confidence], ((bin + 1) / binCount) * count + room, (bin / binCount) * count - room);
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
