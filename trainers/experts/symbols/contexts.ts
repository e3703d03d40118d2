import { misfit, requireEntries, requireWhole } from '../../evaluation/saved.ts';
import { requireTable } from '../common/tables.ts';

/**
 * How often symbols followed contexts, in bounded memory. A context is a node, found by a key of 32 bits: two
 * contexts share one about once in four thousand million. Its symbols are a list of cells. Plain data.
 */
export interface Contexts {
  /** The number of nodes and of cells in use. */
  nodes: number;
  cells: number;
  /** Four numbers a node: its key, its first cell, the sum of its counts, the number of its symbols. */
  node: Int32Array;
  /** Two numbers a cell: symbol · 2^16 + count, and the next cell, -1 at the end. */
  cell: Int32Array;
  /** An open hash table of nodes, from 1; 0 is empty. */
  index: Int32Array;
}

export interface ContextLimits {
  readonly nodes: number;
  readonly cells: number;
}

/** A count that would become larger halves all of its context. */
const mostCount = 255;
const fewest = 64;

/** Where these are in a node; its key comes first. */
export const [headAt, totalAt, distinctAt] = [1, 2, 3];

export function noContexts(): Contexts {
  return {
    nodes: 0,
    cells: 0,
    node: new Int32Array(4 * fewest),
    cell: new Int32Array(2 * fewest),
    index: new Int32Array(2 * fewest),
  };
}

/** The node of a key; -1 if there is none. */
export function findNode({ node, index }: Contexts, key: number): number {
  const mask = index.length - 1;
  for (let slot = key & mask; ; slot = (slot + 1) & mask) {
    const found = index[slot] - 1;
    if (found < 0 || node[4 * found] === key) return found;
  }
}

/** The cell of a symbol in a node; -1 if it never followed. */
export function findCell({ node, cell }: Contexts, at: number, symbol: number): number {
  let found = node[4 * at + headAt];
  while (found >= 0 && cell[2 * found] >> 16 !== symbol) found = cell[2 * found + 1];
  return found;
}

/** Makes a node. There must be none with this key, and room for it. */
export function addNode(contexts: Contexts, key: number): number {
  const at = contexts.nodes++;
  const { node, index } = contexts;
  node[4 * at] = key;
  node[4 * at + headAt] = -1;
  node[4 * at + totalAt] = 0;
  node[4 * at + distinctAt] = 0;
  enter(index, key, at);
  return at;
}

function enter(index: Int32Array, key: number, at: number): void {
  const mask = index.length - 1;
  let slot = key & mask;
  while (index[slot] !== 0) slot = (slot + 1) & mask;
  index[slot] = at + 1;
}

/** Counts a symbol in a node. There must be room for a cell. */
export function count(contexts: Contexts, at: number, symbol: number): void {
  const { node, cell } = contexts;
  const own = 4 * at;
  let found = findCell(contexts, at, symbol);
  if (found < 0) {
    found = contexts.cells++;
    cell[2 * found] = symbol << 16;
    cell[2 * found + 1] = node[own + headAt];
    node[own + headAt] = found;
    node[own + distinctAt]++;
  }
  node[own + totalAt]++;
  if ((++cell[2 * found] & 0xffff) <= mostCount) return;
  let total = 0;
  for (let each = node[own + headAt]; each >= 0; each = cell[2 * each + 1]) {
    const halved = ((cell[2 * each] & 0xffff) + 1) >> 1;
    cell[2 * each] = (cell[2 * each] & ~0xffff) | halved;
    total += halved;
  }
  node[own + totalAt] = total;
}

/**
 * Makes room for this many nodes and cells: grows up to the limits, and beyond them forgets until half of the
 * memory is free.
 */
export function makeRoom(contexts: Contexts, more: number, limits: ContextLimits): void {
  if (contexts.nodes + more > limits.nodes || contexts.cells + more > limits.cells)
    do age(contexts);
    while (2 * contexts.nodes > limits.nodes || 2 * contexts.cells > limits.cells);
  if (4 * (contexts.nodes + more) > contexts.node.length) {
    contexts.node = larger(contexts.node, 4 * limits.nodes);
    contexts.index = new Int32Array(powerAbove(contexts.node.length / 2));
    reindex(contexts);
  }
  if (2 * (contexts.cells + more) > contexts.cell.length)
    contexts.cell = larger(contexts.cell, 2 * limits.cells);
}

function larger(numbers: Int32Array, most: number): Int32Array {
  const all = new Int32Array(Math.min(most, 2 * numbers.length));
  all.set(numbers);
  return all;
}

function powerAbove(size: number): number {
  return 2 ** Math.ceil(Math.log2(size));
}

function reindex({ nodes, node, index }: Contexts): void {
  index.fill(0);
  for (let at = 0; at < nodes; at++) enter(index, node[4 * at], at);
}

/**
 * Halves every count and drops what becomes 0: contexts and symbols that came once go first. A context keeps
 * the order of its symbols.
 */
function age(contexts: Contexts): void {
  const { node, cell } = contexts;
  const kept = new Int32Array(cell.length);
  let nodes = 0;
  let cells = 0;
  for (let at = 0; at < contexts.nodes; at++) {
    let total = 0;
    let distinct = 0;
    let last = -1;
    const first = cells;
    for (let each = node[4 * at + headAt]; each >= 0; each = cell[2 * each + 1]) {
      const halved = (cell[2 * each] & 0xffff) >> 1;
      if (halved === 0) continue;
      kept[2 * cells] = (cell[2 * each] & ~0xffff) | halved;
      kept[2 * cells + 1] = -1;
      if (last >= 0) kept[2 * last + 1] = cells;
      last = cells++;
      total += halved;
      distinct++;
    }
    if (distinct === 0) continue;
    node[4 * nodes] = node[4 * at];
    node[4 * nodes + headAt] = first;
    node[4 * nodes + totalAt] = total;
    node[4 * nodes + distinctAt] = distinct;
    nodes++;
  }
  contexts.nodes = nodes;
  contexts.cells = cells;
  contexts.cell = kept;
  reindex(contexts);
}

/** Copies of the arrays, as long as they are in use. */
export function packContexts({ nodes, cells, node, cell }: Contexts): object {
  return { node: node.slice(0, 4 * nodes), cell: cell.slice(0, 2 * cells) };
}

/** @throws DataError unless each cell belongs to one node, and each node has what its sums say. */
export function unpackContexts(saved: unknown, symbols: number, limits: ContextLimits): Contexts {
  requireEntries('the contexts', saved, ['node', 'cell']);
  const given = saved as { readonly node: unknown; readonly cell: unknown };
  const node = requireTable('the contexts', given.node, Int32Array);
  const cell = requireTable('the counts', given.cell, Int32Array);
  const [nodes, cells] = [node.length / 4, cell.length / 2];
  requireWhole('a number of contexts', [nodes], limits.nodes + 1);
  requireWhole('a number of counts', [cells], limits.cells + 1);
  const keys = new Set<number>();
  let used = 0;
  for (let at = 0; at < nodes; at++) {
    let [total, distinct] = [0, 0];
    for (let each = node[4 * at + headAt]; each !== -1; each = cell[2 * each + 1]) {
      requireWhole('a count', [each], cells);
      if (++used > cells) throw misfit('a count belongs to two contexts');
      const times = cell[2 * each] & 0xffff;
      requireWhole('a symbol', [cell[2 * each] >> 16], symbols);
      requireWhole('a count', [times - 1], mostCount);
      total += times;
      distinct++;
    }
    if (distinct === 0 || total !== node[4 * at + totalAt] || distinct !== node[4 * at + distinctAt])
      throw misfit('a context has other counts than their sum says');
    keys.add(node[4 * at]);
  }
  if (keys.size !== nodes || used !== cells)
    throw misfit('a context is there twice, or a count belongs to none');
  return { nodes, cells, ...roomOf(node, cell, limits) };
}

/** The arrays at the size to which they have grown. */
function roomOf(
  node: Int32Array,
  cell: Int32Array,
  limits: ContextLimits,
): Omit<Contexts, 'nodes' | 'cells'> {
  const contexts = {
    ...noContexts(),
    nodes: node.length / 4,
    cells: cell.length / 2,
  };
  while (contexts.node.length < node.length) contexts.node = larger(contexts.node, 4 * limits.nodes);
  while (contexts.cell.length < cell.length) contexts.cell = larger(contexts.cell, 2 * limits.cells);
  contexts.node.set(node);
  contexts.cell.set(cell);
  contexts.index = new Int32Array(powerAbove(contexts.node.length / 2));
  reindex(contexts);
  return contexts;
}
