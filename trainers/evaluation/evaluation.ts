import { createAdwin, type SavedAdwin } from './adwin.ts';
import { type Better, betterOf } from './better.ts';
import { createCalibration, type ReliabilityBin, type SavedCalibration } from './calibration.ts';
import { requireEntries, requireSame, requireWhole } from './saved.ts';
import { createScores, type Figures, type Unit } from './scores.ts';
import type { SavedTally } from './tally.ts';

/** How one prediction went. */
export interface Mark {
  /** What it cost, in the unit of the evaluation: the network's own prediction, then those of the simple models. */
  readonly scores: ArrayLike<number>;
  /** The same as absolute errors, where numbers are predicted. */
  readonly absoluteErrors?: readonly number[];
  /** The most probable category, where categories are: its probability, and whether it came. */
  readonly best?: { readonly confidence: number; readonly isRight: boolean };
  /** What drift is looked for in: how wrong the network was, from 0 to 1. */
  readonly error: number;
}

/** What is known of one predictor; more of the network than of the simple models. */
export interface PredictorFigures extends Figures {
  readonly absoluteError?: Figures;
  readonly accuracy?: Figures;
  readonly calibrationError?: Figures;
}

/** How often the network's error was found to have risen, and after which record last. */
export interface Drift {
  readonly count: number;
  readonly last: number | null;
}

export interface EvaluationReport {
  readonly unit: Unit;
  /** How many predictions were scored. */
  readonly scored: number;
  /** The network first, then what it is compared with. */
  readonly figures: Readonly<Record<string, PredictorFigures>>;
  readonly drift: Drift;
  /** Where a simple model is better than the network. */
  readonly better?: Better;
  readonly reliability?: readonly ReliabilityBin[];
}

/** How good predictions have been, each having been made before its target was known. */
export interface Evaluation {
  /** @param records how many records there have been. */
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

/** @param names of the predictors, the network first. @param window how many predictions are recent. */
export function createEvaluation(unit: Unit, names: readonly string[], window: number, saved?: SavedEvaluation): Evaluation {
  if (saved !== undefined)
    requireEntries('the evaluation', saved, ['scores', unit === 'bits' ? 'calibration' : 'absolute', 'adwin', 'drift']);
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

/** @throws DataError unless what its parts say, each of which is possible, is of the same predictions. */
function requireAgreement({ scores, absolute, calibration, adwin, drift }: SavedEvaluation, count: number): void {
  requireSame('a number of errors', adwin.added, count);
  if (calibration !== undefined)
    requireSame(
      'a number of predictions',
      calibration.bins.reduce((sum, [own]) => sum + own, 0),
      count,
    );
  for (const [i, { count: own, latest }] of (absolute ?? []).entries()) {
    requireSame('a number of errors', own, count);
    for (const [slot, error] of latest.entries()) requireSame('a squared error', scores[i].latest[slot], error ** 2);
  }
  requireEntries('the drift', drift, ['count', 'last']);
  requireWhole('of the drift, a number', [drift.count], count + 1);
  if (drift.count === 0) requireSame('the latest rise', drift.last, null);
  else requireWhole('of the drift, a number', [drift.last]);
}
