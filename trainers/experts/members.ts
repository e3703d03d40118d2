import { ConfigurationError, DataError, guard } from '../../lib/index.ts';
import { counts } from './counts.ts';
import { roomForAll, setLogits, setProbabilities } from './distributions.ts';
import { match } from './match.ts';
import { combination, withoutNetwork } from './names.ts';
import type { SymbolExpert, SymbolMember } from './symbolExpert.ts';

/** The experts for text by name. */
const builtIn: Readonly<Record<string, (symbols: number) => SymbolMember>> = {
  network,
  counts: (symbols) => counts({ symbols, order: 6, most: 2 ** 19 }),
  match: (symbols) => match({ symbols, most: 2 ** 19 }),
};

export const symbolExperts: readonly string[] = Object.keys(builtIn);

/** @param own experts that are not built in. @throws ConfigurationError for a name without an expert. */
export function membersOf(
  symbols: number,
  names: readonly string[],
  own: readonly SymbolExpert[],
): readonly SymbolMember[] {
  for (const { name } of own) requireName(name);
  return names.map((name) => {
    if (Object.hasOwn(builtIn, name)) return builtIn[name](symbols);
    const expert = own.find((each) => each.name === name);
    if (expert === undefined)
      throw new ConfigurationError(
        `${name} is none of the experts for text, which are ${symbolExperts.join(', ')}; one of your own is given as an object, to createTextModel and again to restoreTextModel`,
      );
    return memberOf(symbols, expert);
  });
}

/** The names in the tables that no expert of one's own can have. */
const taken = [combination, withoutNetwork];

function requireName(name: string): void {
  if (Object.hasOwn(builtIn, name))
    throw new ConfigurationError(
      `${name} is the name of an expert that is built in: give yours another, or name that one as a text`,
    );
  if (!/^[A-Za-z][\w -]{0,39}$/.test(name) || taken.includes(name) || /^order \d$/.test(name))
    throw new ConfigurationError(
      `${name.slice(0, 60)} cannot be the name of an expert: it needs a letter first, and letters, digits, spaces, - and _ after that, up to 40`,
    );
}

function network(symbols: number): SymbolMember {
  const said = roomForAll(symbols);
  return {
    name: 'network',
    labels: ['network'],
    modes: 1,
    weight: 0.3,
    init: () => null,
    predict(_, { logits }) {
      said.ends[0] = logits === undefined ? 0 : symbols;
      if (logits === undefined) said.floors[0] = 1 / symbols;
      else setLogits(said, logits);
      return said;
    },
    update: (state) => state,
    pack: (state) => state,
    unpack: () => null,
  };
}

/** How far the sum of probabilities may be from 1. */
const tolerance = 1e-6;

function memberOf(symbols: number, expert: SymbolExpert): SymbolMember {
  const said = roomForAll(symbols);
  const { name } = expert;
  return {
    name,
    labels: [name],
    modes: 1,
    weight: 0.2,
    init: () => expert.init(),
    predict(state, question) {
      const probabilities = expert.predict(state, question);
      requireProbabilities(name, probabilities, symbols);
      setProbabilities(said, probabilities);
      return said;
    },
    update: (state, question, symbol) => expert.update(state, question, symbol),
    pack: (state) => state,
    unpack: (saved) => saved,
  };
}

/** @throws DataError unless there is one of each symbol, and they sum to 1. */
function requireProbabilities(name: string, said: unknown, symbols: number): void {
  if (!guard.isList(said) || said.length !== symbols)
    throw new DataError(`the expert ${name} must predict a list of ${symbols} probabilities, one a symbol`);
  let sum = 0;
  for (let i = 0; i < symbols; i++) {
    const probability = said[i];
    if (typeof probability !== 'number' || !(probability >= 0))
      throw new DataError(
        `the expert ${name} predicts ${String(probability)} for symbol ${i}: no probability`,
      );
    sum += probability;
  }
  if (!(Math.abs(sum - 1) < tolerance))
    throw new DataError(`the expert ${name} predicts probabilities that sum to ${sum}, and not to 1`);
}
