import { requireEntries, requireLength } from '../../evaluation/saved.ts';
import {
  combination,
  type Expert,
  type Mixer,
  network,
  type Plain,
  running,
  runningMixer,
  withoutNetwork,
} from '../../experts/index.ts';

/** Experts that predict side by side, the network among them, and their combination. */
export interface Panel<Question, Prediction, Answer> {
  /** The scored predictions: the combination, each expert, the network, and the combination of all but the network. */
  readonly names: readonly string[];
  /** The predictions of all experts but the network. @throws as `sound` does. */
  predict(question: Question): readonly Prediction[];
  /** @param network its prediction; undefined if it is none of the experts. */
  combine(predictions: readonly Prediction[], network: Prediction | undefined): Combined<Prediction>;
  /** Learns from an answer. */
  update(question: Question, combined: Combined<Prediction>, answer: Answer): void;
  /** The weight of each expert in the combination. */
  weights(): Readonly<Record<string, number>>;
  save(): SavedPanel;
}

/** Predictions in the order of the names of a panel. */
type Combined<Prediction> = readonly Prediction[];

export interface SavedPanel {
  /** The states of the experts, in order, then of the combination, then of that without the network. */
  readonly experts: readonly Plain[];
  readonly mixers: readonly Plain[];
}

export interface PanelParts<Question, Prediction, Answer, State> {
  /** In order; the network is named where it is one. */
  readonly experts: readonly Expert<Question, Prediction, Answer, unknown>[];
  readonly hasNetwork: boolean;
  mixer(count: number): Mixer<Prediction, Answer, State>;
  /** A prediction that can be used. @throws NonFiniteError or DataError for any other. */
  sound(name: string, said: unknown): Prediction;
}

export function createPanel<Question, Prediction, Answer, State>(
  { experts, hasNetwork, mixer, sound }: PanelParts<Question, Prediction, Answer, State>,
  saved: SavedPanel | undefined,
): Panel<Question, Prediction, Answer> {
  const isApart = hasNetwork && experts.length > 0;
  if (saved !== undefined) {
    requireEntries('the experts', saved, ['experts', 'mixers']);
    requireLength('the list of experts', saved.experts, experts.length);
    requireLength('the list of combinations', saved.mixers, isApart ? 2 : 1);
  }
  const all = experts.map((expert, i) => running(expert, saved?.experts[i]));
  const whole = runningMixer(mixer(experts.length + (hasNetwork ? 1 : 0)), saved?.mixers[0]);
  const apart = isApart ? runningMixer(mixer(experts.length), saved?.mixers[1]) : undefined;
  const contestants: readonly string[] = [
    ...experts.map(({ name }) => name),
    ...(hasNetwork ? [network] : []),
  ];
  const count = contestants.length;
  const isMixed = count > 1;
  return {
    names: isMixed ? [combination, ...contestants, ...(isApart ? [withoutNetwork] : [])] : contestants,
    predict(question) {
      return all.map((expert) => sound(expert.name, expert.predict(question)));
    },
    combine(predictions, own) {
      const contenders = own === undefined ? predictions : [...predictions, own];
      if (!isMixed) return contenders;
      const combined = whole.combine(contenders);
      return apart === undefined
        ? [combined, ...contenders]
        : [combined, ...contenders, apart.combine(predictions)];
    },
    update(question, combined, answer) {
      if (isMixed) whole.update(combined.slice(1, count + 1), combined[0], answer);
      apart?.update(combined.slice(1, count), combined[count + 1], answer);
      for (const expert of all) expert.update(question, answer);
    },
    weights() {
      const own = whole.weights();
      // Of categories, the log-linear mixture of the experts has a weight beside theirs.
      return Object.fromEntries(own.map((weight, i) => [contestants[i] ?? 'log-linear mixture', weight]));
    },
    save: () => ({
      experts: all.map((expert) => expert.save()),
      mixers: [whole, ...(apart === undefined ? [] : [apart])].map((each) => each.save()),
    }),
  };
}
