import { createTextModel, type TextModel } from '../../../trainers/norewind.ts';

/** One of the predictions that are combined. */
export interface Part {
  readonly name: string;
  readonly weight: number;
  /** Its surprise, if it is one at a symbol. */
  readonly bits?: number;
}

/** A symbol as it came: its surprise, and what each part took for it. */
export interface Letter {
  readonly symbol: string;
  /** undefined for the first of all, which is not predicted. */
  readonly bits: number | undefined;
  readonly parts: readonly Part[];
}

export interface Reader {
  /** Learns from a piece, symbol by symbol. */
  learn(piece: string): Promise<readonly Letter[]>;
  /** The most probable symbols to come next; none before the first. */
  next(most: number): readonly (readonly [symbol: string, probability: number])[];
  readonly count: number;
  readonly recent: number;
  readonly mean: number;
  write(length: number): string;
}

/** A model of characters with all experts, as `norewind train` has them. */
export function createReader(): Reader {
  const model: TextModel = createTextModel({ unit: 'character', symbols: 128, units: 32 });
  let count = 0;
  const figures = () => Object.values(model.report().figures)[0];
  return {
    async learn(piece) {
      const letters: Letter[] = [];
      for await (const { symbol, score, experts } of model.learn(piece)) {
        const parts = Object.entries(experts ?? {}).map(([name, own]) => ({ name, ...own }));
        letters.push({ symbol: String(symbol), bits: score, parts });
        count++;
      }
      return letters;
    },
    next(most) {
      if (count === 0) return [];
      return [...model.predictProbaOne()]
        .filter(([symbol]) => symbol !== null)
        .map(([symbol, probability]) => [String(symbol), probability] as const)
        .sort(([, a], [, b]) => b - a)
        .slice(0, most);
    },
    get count() {
      return count;
    },
    get recent() {
      return figures().recent;
    },
    get mean() {
      return figures().mean;
    },
    write: (length) => model.generate(length, { temperature: 0.7 }),
  };
}
