import { mostProbable } from '../../evaluation/logits.ts';
import type { SymbolData } from '../given/config.ts';
import type { Code } from '../reading/symbolReader.ts';
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
  const { vocabulary } = session;
  if (fresh) session.restart();
  const walker = session.walk(fresh);
  let last = fresh ? undefined : session.last;
  return (code) => {
    // Learning overwrites the prediction.
    const said = last === undefined ? undefined : (learn ? session.predict() : walker.step(last)).slice();
    if (learn) session.advance(code);
    const symbol = vocabulary.indexOf(code);
    last = symbol;
    if (said === undefined) return undefined;
    const best = mostProbable(said);
    const likely = vocabulary.entryAt(best);
    return {
      prediction: likely === undefined ? null : shown(likely, data),
      probability: said[best],
      actual: shown(code, data),
      bits: -Math.log2(said[symbol]),
    };
  };
}
