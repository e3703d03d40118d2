import type { LawVerdict } from '../../trainers/testing/index.ts';
import { lineIn } from '../own/place.ts';
import type { Loaded } from './load.ts';

/** Whether a law of a file's export holds. */
export interface Judged {
  readonly verdict: LawVerdict;
  /** Whether the file's own code threw; the sentence names the line then. */
  readonly isThrown: boolean;
}

/** Checks one law of what a file exports. */
export function judged(file: string, testing: Loaded['testing'], law: string, check: () => void): Judged {
  let thrown: unknown;
  const verdict = testing.judge(law, () => {
    try {
      check();
    } catch (error) {
      thrown = error;
      throw error;
    }
  });
  const line = lineIn(thrown, file);
  if (line === undefined) return { verdict, isThrown: false };
  const sentence = `${file}, line ${line}: ${verdict.sentence ?? 'it threw'}`;
  return { verdict: { ...verdict, sentence }, isThrown: true };
}

/** The texts of laws whose checks the file's own code ended; the same error of several laws is said once. */
export function thrownTexts(
  verdicts: readonly LawVerdict[],
  { lawText }: Loaded['testing'],
): readonly string[] {
  return [...new Set(verdicts.map(({ sentence }) => sentence))].map((sentence) => {
    const same = verdicts.filter((verdict) => verdict.sentence === sentence);
    return same.length === 1
      ? lawText(same[0])
      : `  ${same.length} laws could not be tried: ${sentence ?? ''}`;
  });
}
