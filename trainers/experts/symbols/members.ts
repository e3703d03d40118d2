import { noExpert, requireOwnName, requireProbabilities, requireState } from '../common/ownExpert.ts';
import { counts } from './counts.ts';
import { roomForAll, setLogits, setProbabilities } from './distributions.ts';
import { match } from './match.ts';
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
  for (const { name } of own) requireOwnName(name, symbolExperts);
  return names.map((name) => {
    if (Object.hasOwn(builtIn, name)) return builtIn[name](symbols);
    const expert = own.find((each) => each.name === name);
    if (expert === undefined) throw noExpert(name, 'text', symbolExperts, 'TextModel');
    return memberOf(symbols, expert);
  });
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
      requireProbabilities(name, probabilities, symbols, 'symbol');
      setProbabilities(said, probabilities);
      return said;
    },
    update: (state, question, symbol) => requireState(name, expert.update(state, question, symbol)),
    pack: (state) => state,
    unpack: (saved) => saved,
  };
}
