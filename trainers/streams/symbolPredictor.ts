import { bitsOf, mostProbable } from '../evaluation/logits.ts';
import type { SymbolData } from './config.ts';
import { numbersOf, walk } from './network.ts';
import type { Code } from './symbolReader.ts';
import { type SymbolSession, shown } from './symbolSession.ts';

/** The prediction of a symbol, and the symbol that came. */
interface SymbolPrediction {
  /** The most probable symbol; null for all without their own index. */
  readonly prediction: string | number | null;
  readonly probability: number;
  readonly actual: string | number;
  readonly bits: number;
}

/** Takes the next symbol. Returns the prediction that was made of it; undefined for the first one. */
export type SymbolPredictor = (code: Code) => SymbolPrediction | undefined;

/**
 * Predictions that continue where the training ended, or from the start state. With learning, the session
 * keeps learning.
 */
export function symbolPredictor(
  data: SymbolData,
  session: SymbolSession,
  { learn, fresh }: { readonly learn: boolean; readonly fresh: boolean },
): SymbolPredictor {
  const { learner, vocabulary } = session;
  if (fresh) learner.resetState();
  const walker = walk(learner);
  let last = fresh ? undefined : session.last;
  return (code) => {
    const input = last;
    const logits =
      input === undefined ? undefined : learn ? numbersOf(learner.predict(input)) : walker.step(input);
    if (learn) session.advance(code);
    const symbol = vocabulary.indexOf(code);
    last = symbol;
    if (logits === undefined) return undefined;
    const best = mostProbable(logits);
    const likely = vocabulary.entryAt(best);
    return {
      prediction: likely === undefined ? null : shown(likely, data),
      probability: 2 ** -bitsOf(logits, best),
      actual: shown(code, data),
      bits: bitsOf(logits, symbol),
    };
  };
}
