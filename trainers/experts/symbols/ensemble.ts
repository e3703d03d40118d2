import { requireEntries, requireLength } from '../../evaluation/saved.ts';
import { combination, mixtures as mixtureNames, withoutNetwork } from '../common/names.ts';
import { type Distributions, probabilitiesOf } from './distributions.ts';
import { type LogLinearState, logLinear, unpackWeights } from './logLinear.ts';
import { type SwitchingState, switching, unpackSwitching } from './switching.ts';
import type { SymbolMember, SymbolQuestion } from './symbolExpert.ts';

export interface EnsembleState {
  /** The state of each expert. */
  readonly experts: unknown[];
  /** The log-linear mixtures: of all experts, and of all but the network. */
  readonly mixtures: LogLinearState[];
  /** The combination of all experts, and that of all but the network. */
  readonly served: SwitchingState[];
}

/** Several experts and their combination: the mixture of their log-linear mixtures and of each one alone. */
export interface Ensemble {
  /** The names of the scores: the combination first, if there is more than one distribution. */
  readonly names: readonly string[];
  /** The names of the predictions that are served from: the mixtures, then those of each expert. */
  readonly parts: readonly string[];
  init(): EnsembleState;
  /** The probability of each symbol; the array is overwritten by the next prediction. Changes nothing. */
  predict(state: EnsembleState, question: SymbolQuestion): Float64Array;
  /** Predicts, then learns from the symbol. The result is overwritten by the next call. */
  update(state: EnsembleState, question: SymbolQuestion, symbol: number): Scored;
  /** The saved form of a state, as plain data. */
  pack(state: EnsembleState): unknown;
  /** @param answers the number of symbols learnt from. @throws DataError for what `pack` cannot have returned. */
  unpack(saved: unknown, answers: number): EnsembleState;
}

/** A prediction and its scores. */
interface Scored {
  /** The probability of each symbol. */
  readonly said: Float64Array;
  /** The bits of the symbol that came, for each name of the ensemble. */
  readonly bits: Float64Array;
  /** The probability that each part gave to it, and the weight of the part in what was said. */
  readonly own: Float64Array;
  readonly weights: Float64Array;
}

/** The prior weight of the mixtures against that of a single distribution. */
const priors = { all: 16, rest: 4, single: 1 };

export function ensemble(symbols: number, members: readonly SymbolMember[]): Ensemble {
  const labels = members.flatMap((member) => member.labels);
  const network = members.findIndex(({ name }) => name === 'network');
  const isMixed = labels.length > 1;
  const hasWithout = network >= 0 && isMixed;
  const isRest = (_: unknown, m: number) => m !== network;
  const sets = !isMixed ? [] : [members, ...(hasWithout ? [members.filter(isRest)] : [])];
  const mixers = sets.map((set) =>
    logLinear(
      symbols,
      set.map(({ labels: { length }, modes, weight }) => ({
        depth: length,
        modes,
        weight,
      })),
    ),
  );
  const prior = [...(isMixed ? [priors.all] : []), ...(hasWithout ? [priors.rest] : [])];
  const first = prior.length;
  const single = (m: number) => members.slice(0, m).reduce((sum, each) => sum + each.labels.length, first);
  const starts = members.map((_, m) => single(m));
  const combined = switching([...prior, ...labels.map(() => priors.single)]);
  // The same without the network: the first of its predictions is the mixture without it.
  const others = switching([priors.all, ...labels.slice(hasWithout ? 1 : 0).map(() => priors.single)]);
  const own = new Float64Array(first + labels.length);
  const ownOthers = new Float64Array(labels.length);
  const all: Distributions[] = [];
  const rest: Distributions[] = [];
  const mixed: Float64Array[] = [];
  const served = new Float64Array(symbols);
  const sofar = new Float64Array(symbols);
  const suffix = new Float64Array(labels.length);
  const names = [...(isMixed ? [combination] : []), ...labels, ...(hasWithout ? [withoutNetwork] : [])];
  const bits = new Float64Array(names.length);
  const parts = [...mixtureNames.slice(0, first), ...labels];
  const scored: Scored = { said: served, bits, own, weights: new Float64Array(own.length) };

  function predict(
    { experts, mixtures, served: [state] }: EnsembleState,
    question: SymbolQuestion,
  ): Float64Array {
    rest.length = 0;
    for (let m = 0; m < members.length; m++) {
      all[m] = members[m].predict(experts[m], question);
      if (m !== network) rest.push(all[m]);
    }
    for (let i = 0; i < mixers.length; i++) mixed[i] = mixers[i].predict(mixtures[i], i === 0 ? all : rest);
    served.fill(0);
    for (let i = 0; i < mixers.length; i++) {
      const weight = state.weights[i];
      const said = mixed[i];
      for (let s = 0; s < symbols; s++) served[s] += weight * said[s];
    }
    for (let m = 0; m < members.length; m++)
      blend(all[m], state.weights, starts[m], members[m].labels.length);
    return served;
  }

  /** Adds distributions to what is served, weighted. */
  function blend(said: Distributions, weights: Float64Array, start: number, most: number): void {
    const { depth, ends, symbols: changed, ratios, floors } = said;
    // Beyond the longest known context, the distributions are all the same.
    let behind = 0;
    for (let k = Math.max(depth, 1); k < most; k++) behind += weights[start + k];
    if (depth <= 1 && ends[0] === symbols) {
      const scale = (weights[start] + behind) * floors[0];
      for (let i = 0; i < symbols; i++) served[changed[i]] += scale * ratios[i];
      return;
    }
    // The floors differ by many powers of ten, so they are summed from the smallest on.
    let sum = depth === 0 ? (weights[start] + behind) / symbols : 0;
    for (let k = depth - 1; k >= 0; k--) {
      sum += (weights[start + k] + (k === depth - 1 ? behind : 0)) * floors[k];
      suffix[k] = sum;
    }
    for (let s = 0; s < symbols; s++) served[s] += sum;
    if (depth > 1) sofar.fill(1);
    for (let k = 0, i = 0; k < depth; k++)
      for (const end = ends[k]; i < end; i++) {
        const symbol = changed[i];
        const before = k === 0 ? 1 : sofar[symbol];
        const after = before * ratios[i];
        served[symbol] += (after - before) * suffix[k];
        sofar[symbol] = after;
      }
  }

  const init = (): EnsembleState => ({
    experts: members.map((member) => member.init()),
    mixtures: mixers.map((mixer) => mixer.init()),
    served: [combined.init(), ...(hasWithout ? [others.init()] : [])],
  });

  return {
    names,
    parts,
    init,
    predict,
    update(state, question, symbol) {
      predict(state, question);
      for (let i = 0; i < mixers.length; i++) own[i] = mixed[i][symbol];
      for (let m = 0; m < members.length; m++)
        probabilitiesOf(all[m], symbol, symbols, own, starts[m], starts[m] + members[m].labels.length);
      let at = 0;
      if (isMixed) bits[at++] = -Math.log2(combined.predict(state.served[0], own));
      for (let i = first; i < own.length; i++) bits[at++] = -Math.log2(own[i]);
      if (hasWithout) {
        ownOthers[0] = own[1];
        for (let i = first, j = 1; i < own.length; i++) if (i !== starts[network]) ownOthers[j++] = own[i];
        bits[at] = -Math.log2(others.predict(state.served[1], ownOthers));
        others.update(state.served[1], ownOthers);
      }
      scored.weights.set(state.served[0].weights);
      combined.update(state.served[0], own);
      for (let i = 0; i < mixers.length; i++)
        mixers[i].update(state.mixtures[i], i === 0 ? all : rest, mixed[i], symbol);
      for (let m = 0; m < members.length; m++)
        state.experts[m] = members[m].update(state.experts[m], question, symbol);
      return scored;
    },
    pack: ({ experts, mixtures, served }) => ({
      experts: Object.fromEntries(members.map((member, m) => [member.name, member.pack(experts[m])])),
      mixtures,
      served,
    }),
    unpack(saved, answers) {
      requireEntries('the experts', saved, ['experts', 'mixtures', 'served']);
      const given = saved as Readonly<Record<keyof EnsembleState, unknown>>;
      const names = members.map(({ name }) => name);
      requireEntries('the experts', given.experts, names);
      const states = given.experts as Readonly<Record<string, unknown>>;
      const start = init();
      requireLength('the list of mixtures', given.mixtures, mixers.length);
      requireLength('the list of combinations', given.served, start.served.length);
      return {
        experts: members.map((member) => member.unpack(states[member.name], answers)),
        mixtures: (given.mixtures as unknown[]).map((each, i) => unpackWeights(each, start.mixtures[i])),
        served: (given.served as unknown[]).map((each, i) => unpackSwitching(each, start.served[i], answers)),
      };
    },
  };
}
