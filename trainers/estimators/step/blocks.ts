import type { Elements } from './sites.ts';
import { cellsOf, type StateLeaf, stateLeaves } from './state-cells.ts';
import type { StepStructure } from './step-structure.ts';

/** Leaves of the state whose rows of G are carried together. */
export interface Block {
  /** Their positions, in ascending order. */
  readonly leaves: readonly number[];
  /** Their elements, row by row. */
  readonly elements: Elements;
  /** The positions of the blocks that they depend on. */
  readonly from: readonly number[];
}

/** Cells of fewer elements than this part of the state share a block: small products take longer than their zeros. */
const least = 1 / 8;

/** All of the state as one block. */
export function oneBlock(step: StepStructure): readonly Block[] {
  return [{ ...together(stateLeaves(step.state)), from: [0] }];
}

/**
 * The cells of the state as blocks, each before those that depend on it: in a stack of layers, the layers. J is then a
 * lower triangle of blocks.
 */
export function blocksOf(step: StepStructure): readonly Block[] {
  const groups: StateLeaf[][] = [];
  const isSmall = (leaves: readonly StateLeaf[]) =>
    leaves.reduce((sum, { size }) => sum + size, 0) < step.sizes.state * least;
  const cells = cellsOf(step).map(({ leaves }) => leaves);
  for (const [i, leaves] of cells.entries()) {
    const last = groups[groups.length - 1];
    if (last !== undefined && (isSmall(last) || isSmall(cells.slice(i).flat()))) last.push(...leaves);
    else groups.push([...leaves]);
  }
  const blocks = groups.map(together);
  const numbers = blockNumbers(step, blocks);
  const feeds = blocks.map(({ elements }) => numbers(elements.map((element) => step.successors[element])));
  return blocks.map((block, at) => ({
    ...block,
    from: [...blocks.keys()].filter((other) => feeds[other].has(at)),
  }));
}

/**
 * For the state elements that the elements of a leaf reach, the positions of the blocks that these are in.
 * @param isForEver whether blocks count that are reached by way of others, too.
 */
export function reachedBlocks(
  step: StepStructure,
  blocks: readonly Block[],
  isForEver: boolean,
): (reached: readonly Elements[]) => readonly number[] {
  const numbers = blockNumbers(step, blocks);
  return (reached) => {
    const found = numbers(reached);
    // Each block is after those that it depends on.
    for (const [at, { from }] of blocks.entries())
      if (isForEver && from.some((other) => found.has(other))) found.add(at);
    return [...found].sort((a, b) => a - b);
  };
}

/** The entries of J in a block of rows and one of columns, if they are not all zero. */
export function entriesOf(to: Block, from: number, blocks: readonly Block[]): number {
  return to.from.includes(from) ? to.elements.length * blocks[from].elements.length : 0;
}

function together(all: readonly StateLeaf[]): Omit<Block, 'from'> {
  const leaves = all.toSorted((a, b) => a.at - b.at);
  return {
    leaves: leaves.map(({ at }) => at),
    elements: leaves.flatMap(({ begin, size }) => Array.from({ length: size }, (_, i) => begin + i)),
  };
}

/** The blocks that have one of these elements. */
function blockNumbers(
  step: StepStructure,
  blocks: readonly Pick<Block, 'leaves'>[],
): (lists: readonly Elements[]) => Set<number> {
  const blockOf = new Map(blocks.flatMap(({ leaves }, at) => leaves.map((leaf) => [leaf, at] as const)));
  // In a dense step, all lists are the same.
  return (lists) =>
    new Set([...new Set(lists)].flatMap((list) => list.map((own) => blockOf.get(step.leafOf(own)) ?? 0)));
}
