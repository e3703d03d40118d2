import { createAdwin, type SavedAdwin } from './adwin.ts';
import { type Better, betterOf } from './better.ts';
import { createCalibration, type ReliabilityBin, type SavedCalibration } from './calibration.ts';
import { requireEntries, requireSame, requireWhole } from './saved.ts';
import { createScores, type Figures, type Unit } from './scores.ts';
import type { SavedTally } from './tally.ts';

/** The outcome of one prediction. */
export interface Mark {
  /** The scores in the evaluation's unit: that of what is served, then those of the others. */
  readonly scores: ArrayLike<number>;
  /** The absolute errors, if numbers are predicted. */
  readonly absoluteErrors?: readonly number[];
  /** The most probable category, if categories are predicted: its probability, and whether it came. */
  readonly best?: { readonly confidence: number; readonly isRight: boolean };
  /** The input of the drift detector: how wrong the served prediction was, from 0 to 1. */
  readonly error: number;
}

/** The figures of one predictor; what is served has more than the others. */
export interface PredictorFigures extends Figures {
  readonly absoluteError?: Figures;
  readonly accuracy?: Figures;
  readonly calibrationError?: Figures;
}

/** How often a rise of the error was found, and after which record last. */
export interface Drift {
  readonly count: number;
  readonly last: number | null;
}

export interface EvaluationReport {
  readonly unit: Unit;
  /** The number of predictions scored. */
  readonly scored: number;
  /** The prediction that is served comes first: the combination of the experts, if there are several. */
  readonly figures: Readonly<Record<string, PredictorFigures>>;
  readonly drift: Drift;
  /** Another predictor that is better than what is served, if any. */
  readonly better?: Better;
  readonly reliability?: readonly ReliabilityBin[];
}

/** Evaluates predictions, each made before its target was known. */
export interface Evaluation {
  /** @param records the number of records so far. */
  add(mark: Mark, records: number): void;
  report(): EvaluationReport;
  save(): SavedEvaluation;
}

export interface SavedEvaluation {
  readonly scores: readonly SavedTally[];
  readonly absolute?: readonly SavedTally[];
  readonly calibration?: SavedCalibration;
  readonly adwin: SavedAdwin;
  readonly drift: Drift;
}

/** @param names the predictors, that which is served first. @param window the number of recent predictions. */
export function createEvaluation(
  unit: Unit,
  names: readonly string[],
  window: number,
  saved?: SavedEvaluation,
): Evaluation {
  if (saved !== undefined)
    requireEntries('the evaluation', saved, [
      'scores',
      unit === 'bits' ? 'calibration' : 'absolute',
      'adwin',
      'drift',
    ]);
  const scores = createScores(names, window, saved?.scores);
  const absolute = unit === 'bits' ? undefined : createScores(names, window, saved?.absolute);
  const calibration = unit === 'bits' ? createCalibration(window, saved?.calibration) : undefined;
  const adwin = createAdwin(saved?.adwin);
  if (saved !== undefined) requireAgreement(saved, scores.count);
  let drift: Drift = saved?.drift ?? { count: 0, last: null };
  return {
    add({ scores: own, absoluteErrors, best, error }, records) {
      scores.add(own);
      if (absoluteErrors !== undefined) absolute?.add(absoluteErrors);
      if (best !== undefined) calibration?.add(best.confidence, best.isRight);
      if (adwin.add(error) === 'risen') drift = { count: drift.count + 1, last: records };
    },
    report() {
      const figures: Record<string, PredictorFigures> = scores.figures();
      for (const [name, absoluteError] of Object.entries(absolute?.figures() ?? {}))
        figures[name] = { ...figures[name], absoluteError };
      const better = betterOf(unit, figures);
      const report = { unit, scored: scores.count, figures, drift, ...(better && { better }) };
      if (calibration === undefined) return report;
      const [accuracy, calibrationError] = [calibration.accuracy(), calibration.calibrationError()];
      figures[names[0]] = { ...figures[names[0]], accuracy, calibrationError };
      return { ...report, reliability: calibration.reliability() };
    },
    save: () => ({
      scores: scores.save(),
      ...(absolute === undefined ? {} : { absolute: absolute.save() }),
      ...(calibration === undefined ? {} : { calibration: calibration.save() }),
      adwin: adwin.save(),
      drift,
    }),
  };
}

/** @throws DataError unless the parts, each valid by itself, describe the same predictions. */
function requireAgreement(
  { scores, absolute, calibration, adwin, drift }: SavedEvaluation,
  count: number,
): void {
  requireSame('a number of errors', adwin.added, count);
  if (calibration !== undefined)
    requireSame(
      'a number of predictions',
      calibration.bins.reduce((sum, [own]) => sum + own, 0),
      count,
    );
  for (const [i, { count: own, latest }] of (absolute ?? []).entries()) {
    requireSame('a number of errors', own, count);
    for (const [slot, error] of latest.entries())
      requireSame('a squared error', scores[i].latest[slot], error ** 2);
  }
  requireEntries('the drift', drift, ['count', 'last']);
  requireWhole('of the drift, a number', [drift.count], count + 1);
  if (drift.count === 0) requireSame('the latest rise', drift.last, null);
  else requireWhole('of the drift, a number', [drift.last]);
}
