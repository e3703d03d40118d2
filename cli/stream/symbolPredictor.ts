import type { SymbolData } from './config.ts';
import { numbersOf, walk } from './network.ts';
import type { Code } from './symbolReader.ts';
import type { SymbolSession } from './symbolSession.ts';
import { bitsOf } from './targetScores.ts';

/** What is said of a symbol before it comes, and what it was. */
interface SymbolPrediction {
  /** The most probable symbol; null for all that have no index of their own. */
  readonly prediction: string | number | null;
  readonly probability: number;
  readonly actual: string | number;
  readonly bits: number;
}

/** Takes the next symbol, and gives the prediction that was made of it; undefined for the first one of all. */
export type SymbolPredictor = (code: Code) => SymbolPrediction | undefined;

/** Predictions that go on where the training ended, or from the start state. With learning, the session learns on. */
export function symbolPredictor(
  { unit }: SymbolData,
  session: SymbolSession,
  { learn, fresh }: { readonly learn: boolean; readonly fresh: boolean },
): SymbolPredictor {
  const { learner, vocabulary } = session;
  if (fresh) learner.resetState();
  const walker = walk(learner);
  const show = (code: Code) => (unit === 'character' ? String.fromCodePoint(code as number) : code);
  let last = fresh ? undefined : session.last;
  return (code) => {
    const input = last;
    const logits = input === undefined ? undefined : learn ? numbersOf(learner.predict(input)) : walker.step(input);
    if (learn) session.advance(code);
    const symbol = vocabulary.indexOf(code);
    last = symbol;
    if (logits === undefined) return undefined;
    const best = logits.indexOf(Math.max(...logits));
    const entry = vocabulary.entryAt(best);
    return {
      prediction: entry === undefined ? null : show(entry),
      probability: 2 ** -bitsOf(logits, best),
      actual: show(code),
      bits: bitsOf(logits, symbol),
    };
  };
}
