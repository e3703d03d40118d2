import { requireEntries, requireNumbers, requireWhole } from '../../evaluation/saved.ts';
import { requireTable } from '../common/tables.ts';

/**
 * How often a symbol came that its context had not seen, by the order of the context, the number of its
 * symbols and the sum of its counts (as the secondary escape estimation of PPMII does: Shkarin, "PPM: one
 * step to practicality", DCC 2002). Plain data.
 */
export interface Escapes {
  /** The share of new symbols of each kind of context. */
  readonly rates: Float64Array;
  /** How many have been averaged, up to `memory`. */
  readonly seen: Int32Array;
}

const [byDistinct, byTotal] = [8, 12];
const kindsOfOrder = byDistinct * byTotal;
/** The mean forgets: the weight of an observation falls to 1/e in this many others. */
const memory = 250;
/** The observations that the start value counts for. */
const prior = 4;
const least = 1e-5;

export function noEscapes(orders: number): Escapes {
  const rates = new Float64Array(orders * kindsOfOrder);
  for (let i = 0; i < rates.length; i++) {
    const discount = i < kindsOfOrder ? 0.5 : 0.7;
    const distinct = Math.max(1, Math.floor((i % kindsOfOrder) / byTotal));
    rates[i] = Math.min(0.9, (discount * distinct) / Math.max(1, i % byTotal));
  }
  return { rates, seen: new Int32Array(rates.length).fill(prior) };
}

/** The kind of a context: small numbers apart, larger ones in groups. */
export function kindOf(order: number, total: number, distinct: number): number {
  const ofDistinct = distinct < 4 ? distinct : distinct < 6 ? 4 : distinct < 10 ? 5 : distinct < 20 ? 6 : 7;
  const ofTotal =
    total < 6
      ? total
      : total < 9
        ? 6
        : total < 14
          ? 7
          : total < 24
            ? 8
            : total < 48
              ? 9
              : total < 100
                ? 10
                : 11;
  return order * kindsOfOrder + ofDistinct * byTotal + ofTotal;
}

export function observeEscape({ rates, seen }: Escapes, kind: number, isNew: boolean): void {
  if (seen[kind] < memory) seen[kind]++;
  const rate = rates[kind] + ((isNew ? 1 : 0) - rates[kind]) / seen[kind];
  rates[kind] = Math.min(Math.max(rate, least), 1 - least);
}

/** @throws DataError unless these are escapes. */
export function unpackEscapes(saved: unknown, orders: number): Escapes {
  requireEntries('the escapes', saved, ['rates', 'seen']);
  const { rates, seen } = saved as Readonly<Record<keyof Escapes, unknown>>;
  const all = orders * kindsOfOrder;
  const shares = requireTable('the rates of escapes', rates, Float64Array, all);
  requireNumbers('a rate', [...shares], 1 - least, least);
  const counts = requireTable('the numbers of escapes', seen, Int32Array, all);
  for (const count of counts) requireWhole('a number of escapes', [count - prior], memory - prior + 1);
  return { rates: shares, seen: counts };
}
