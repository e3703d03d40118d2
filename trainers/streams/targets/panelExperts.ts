import {
  type CategoryExpert,
  categoryCounts,
  type NumberExpert,
  network,
  noExpert,
  numberExperts,
  requireOwnName,
  softmaxRegression,
} from '../../experts/index.ts';
import type { RowData, StreamConfig } from '../given/config.ts';
import { inputsOf, otherInputs } from './rowCoder.ts';

/** The orders of the experts that count categories. */
const orders = [0, 1, 2];

/** An expert of a user: for a number, or for a category. */
export type OwnExpert = NumberExpert | CategoryExpert;

/** The experts of a session, the network apart. */
export interface Members<E> {
  readonly experts: readonly E[];
  readonly hasNetwork: boolean;
}

/** The names of the built-in experts for the target of rows, the network last. */
export function expertNames({
  categorical,
  target,
}: Pick<RowData, 'categorical' | 'target'>): readonly string[] {
  const names = categorical.includes(target)
    ? [...orders.map((order) => `order-${order}`), 'softmax']
    : Object.keys(numberExperts);
  return [...names, network];
}

export function isNetworkIn({ experts }: StreamConfig): boolean {
  return experts?.includes(network) ?? true;
}

/** @throws ConfigurationError for an unknown expert. */
export function numberMembers(
  config: StreamConfig,
  data: RowData,
  own: readonly OwnExpert[],
): Members<NumberExpert> {
  const { linear, ...others } = numberExperts;
  const builtIn: readonly NumberExpert[] = [...Object.values(others), linear(otherInputs(data).length)];
  return membersOf(config, data, own as readonly NumberExpert[], builtIn);
}

/** @throws ConfigurationError for an unknown expert. */
export function categoryMembers(
  config: StreamConfig,
  data: RowData,
  own: readonly OwnExpert[],
): Members<CategoryExpert> {
  const { categories } = data;
  const counts = orders.map((order) => categoryCounts(categories, order));
  const softmax = softmaxRegression(categories, inputsOf(data));
  return membersOf(config, data, own as readonly CategoryExpert[], [...counts, softmax]);
}

function membersOf<E extends { readonly name: string }>(
  config: StreamConfig,
  data: RowData,
  own: readonly E[],
  all: readonly E[],
): Members<E> {
  const builtIn = expertNames(data);
  for (const { name } of own) requireOwnName(name, builtIn);
  const names = config.experts ?? builtIn;
  const experts = names
    .filter((name) => name !== network)
    .map((name) => {
      const expert = [...own, ...all].find((each) => each.name === name);
      if (expert !== undefined) return expert;
      const what = data.categorical.includes(data.target) ? 'a category' : 'a number';
      throw noExpert(name, what, builtIn, 'Model');
    });
  return { experts, hasNetwork: isNetworkIn(config) };
}
