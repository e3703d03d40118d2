import { requireEntries } from '../../evaluation/saved.ts';
import {
  addNode,
  type Contexts,
  count,
  distinctAt,
  findCell,
  findNode,
  headAt,
  makeRoom,
  noContexts,
  packContexts,
  totalAt,
  unpackContexts,
} from './contexts.ts';
import { roomFor } from './distributions.ts';
import { type Escapes, kindOf, noEscapes, observeEscape, unpackEscapes } from './escapes.ts';
import { type Past, symbolAt } from './past.ts';
import type { SymbolMember } from './symbolExpert.ts';

export interface CountsState {
  readonly contexts: Contexts;
  readonly escapes: Escapes;
}

export interface CountsOptions {
  readonly symbols: number;
  /** The most symbols that a context has. */
  readonly order: number;
  /** The most contexts held; twice as many counts. */
  readonly most: number;
}

/** Kinds of certainty of the longest context, for the choice of weights. */
const certainties = 8;
/** The most that is taken off a count. */
const mostDiscount = 0.95;

/**
 * The symbols that followed the latest 0, 1 … `order` symbols, each order backing off to the one below by
 * absolute discounting with learnt escapes:
 *
 *     p_k(s) = (1 - e) (n_s - d) / (N - d q) + e p_(k-1)(s),   d = min(e N / q, 0.95)
 *
 * in a context that q different symbols followed N times, s of them n_s times, where e is the share of new
 * symbols in such contexts so far; p_(-1) is uniform. A symbol is counted in the contexts from the longest
 * one that knew it upwards (update exclusion: Moffat, "Implementing the PPM data compression scheme", 1990).
 * When the memory is full, all counts are halved, and what came once is forgotten.
 */
export function counts({ symbols, order, most }: CountsOptions): SymbolMember<CountsState> {
  const limits = { nodes: most, cells: 2 * most };
  const said = roomFor(order + 1, (order + 1) * symbols);
  const sofar = new Float64Array(symbols);
  const keys = new Int32Array(order + 1);
  const nodes = new Int32Array(order + 1);

  // Of the latest context of order 0.
  let lastCell: Int32Array | undefined;
  let [lastTotal, lastRate] = [0, 0];

  /** Finds the contexts of the latest symbols, up to the first unknown one. Returns how many are known. */
  function locate(contexts: Contexts, past: Past): number {
    const top = Math.min(order, past.length);
    let hash = 0x1234567;
    let depth = 0;
    nodes.fill(-1);
    for (let k = 0; k <= top; k++) {
      if (k > 0) hash = mixed(hash, symbolAt(past, k));
      keys[k] = finished(hash, k);
      if (depth === k) {
        nodes[k] = findNode(contexts, keys[k]);
        if (nodes[k] >= 0) depth++;
      }
    }
    return depth;
  }

  return {
    name: 'counts',
    labels: Array.from({ length: order + 1 }, (_, k) => `order ${k}`),
    weight: 0.6,
    modes: (order + 2) * certainties,
    init: () => ({ contexts: noContexts(), escapes: noEscapes(order + 1) }),
    predict({ contexts, escapes }, { past }) {
      const depth = locate(contexts, past);
      const { node, cell } = contexts;
      const { ends, symbols: changed, ratios, gains, floors } = said;
      sofar.fill(1);
      let floor = 1 / symbols;
      let end = 0;
      let from = 0;
      if (depth > 0) {
        // The context of order 0 has the most symbols, and changes seldom: what was said of it still holds.
        const own = 4 * nodes[0];
        const [total, distinct] = [node[own + totalAt], node[own + distinctAt]];
        const rate = escapes.rates[kindOf(0, total, distinct)];
        if (lastCell === cell && lastTotal === total && lastRate === rate) {
          end = ends[0];
          floor = floors[0];
          from = 1;
          for (let i = 0; i < end; i++) sofar[changed[i]] = ratios[i];
        }
        lastCell = cell;
        lastTotal = total;
        lastRate = rate;
      }
      for (let k = from; k < depth; k++) {
        const at = 4 * nodes[k];
        const total = node[at + totalAt];
        const distinct = node[at + distinctAt];
        const rate = escapes.rates[kindOf(k, total, distinct)];
        const discount = Math.min((rate * total) / distinct, mostDiscount);
        floor *= rate;
        const scale = (1 - rate) / ((total - discount * distinct) * floor);
        for (let each = node[at + headAt]; each >= 0; each = cell[2 * each + 1]) {
          const symbol = cell[2 * each] >> 16;
          const below = sofar[symbol];
          const own = below + ((cell[2 * each] & 0xffff) - discount) * scale;
          sofar[symbol] = own;
          changed[end] = symbol;
          ratios[end] = own / below;
          gains[end] = Math.log(own / below);
          end++;
        }
        ends[k] = end;
        floors[k] = floor;
      }
      said.depth = depth;
      said.mode = depth * certainties + (depth === 0 ? 0 : certaintyOf(node, 4 * nodes[depth - 1]));
      return said;
    },
    update(state, { past }, symbol) {
      const { contexts, escapes } = state;
      makeRoom(contexts, order + 1, limits);
      const depth = locate(contexts, past);
      const { node } = contexts;
      let found = depth - 1;
      for (; found >= 0; found--) {
        const at = nodes[found];
        const isNew = findCell(contexts, at, symbol) < 0;
        const kind = kindOf(found, node[4 * at + totalAt], node[4 * at + distinctAt]);
        observeEscape(escapes, kind, isNew);
        if (!isNew) break;
      }
      for (let k = Math.min(order, past.length); k >= Math.max(0, found); k--) {
        const known = k < depth ? nodes[k] : findNode(contexts, keys[k]);
        count(contexts, known >= 0 ? known : addNode(contexts, keys[k]), symbol);
      }
      return state;
    },
    pack: ({ contexts, escapes }) => ({
      contexts: packContexts(contexts),
      escapes,
    }),
    unpack(saved) {
      requireEntries('the counts', saved, ['contexts', 'escapes']);
      const { contexts, escapes } = saved as {
        readonly contexts: unknown;
        readonly escapes: unknown;
      };
      return {
        contexts: unpackContexts(contexts, symbols, limits),
        escapes: unpackEscapes(escapes, order + 1),
      };
    },
  };
}

function mixed(hash: number, symbol: number): number {
  const next = Math.imul(hash ^ (symbol + 1), 0x9e3779b1);
  return next ^ (next >>> 15);
}

/** The finaliser of MurmurHash3 (Appleby, 2011), with the order mixed in. */
function finished(hash: number, order: number): number {
  let key = hash ^ Math.imul(order + 1, 0x27d4eb2f);
  key = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
  key = Math.imul(key ^ (key >>> 13), 0xc2b2ae35);
  return key ^ (key >>> 16);
}

function certaintyOf(node: Int32Array, at: number): number {
  const [total, distinct] = [node[at + totalAt], node[at + distinctAt]];
  if (distinct === 1) return total === 1 ? 0 : total < 4 ? 1 : total < 12 ? 2 : 3;
  return distinct < 3 ? 4 : distinct < 6 ? 5 : distinct < 12 ? 6 : 7;
}
