import { concat, gather, matmul, slice } from '../../../autodiff/index.ts';
import { alignLeaves, fromData, partsLike, type Tensor, zeros } from '../../../lib/index.ts';
import { once } from '../../once.ts';
import type { Block } from './blocks.ts';
import type { Elements } from './sites.ts';
import type { StepStructure } from './step-structure.ts';
import type { Factors, Transition } from './transition.ts';

/** J of one step, for the influence of parameters that reach some blocks of the state. */
export interface Jacobian {
  /** All of it, [S, S]. */
  whole(): Tensor;
  /** J A for a matrix A of S rows, of which those outside the blocks that are reached are zero. */
  times(A: Tensor): Tensor;
}

export interface BlockFactors extends Pick<Factors, 'groups' | 'rest'> {
  /** @param reached the positions of the blocks that the parameters reach. */
  jacobian(reached: readonly number[]): Jacobian;
}

/** `Transition.factors` in which blocks of J that are zero are neither pulled nor multiplied. */
export function factorsBy(
  blocks: readonly Block[],
  transition: Pick<Transition, 'factors'>,
  { parameters, sizes }: StepStructure,
): BlockFactors {
  if (blocks.length < 2) {
    const { jacobian, groups, rest } = transition.factors();
    return { groups, rest, jacobian: () => ({ whole: () => jacobian, times: (A) => matmul(jacobian, A) }) };
  }
  const parts = blocks.map(({ leaves }) => transition.factors(leaves));
  const order = blocks.flatMap(({ elements }) => elements);
  const rowOf = new Map(order.map((element, row) => [element, row]));
  const places = Array.from({ length: sizes.state }, (_, element) => rowOf.get(element) as number);
  const join = (rows: readonly Tensor[]) => rowsAt(concat(rows), places);
  const whole = once(() => join(parts.map(({ jacobian }) => jacobian)));
  const rests = parts.map(({ rest }) => alignLeaves(parameters, rest, 'factors'));
  const times = (A: Tensor, reached: readonly number[], to: number) => {
    const from = blocks[to].from.filter((at) => reached.includes(at)).map((at) => blocks[at]);
    if (from.length === 0) return zeros([blocks[to].elements.length, A.shape[1]], { dtype: A.dtype });
    const columns = from.flatMap(({ leaves }) => leaves.map((leaf) => parts[to].columns[leaf]));
    const rows = from.flatMap(({ elements }) => elements);
    return matmul(concat(columns, 1), rowsAt(A, rows));
  };
  return {
    groups: parts[0].groups.map(({ z }, g) => ({ z, D: join(parts.map(({ groups }) => groups[g].D)) })),
    rest: partsLike(
      parameters,
      rests[0].map((first, leaf) => first && join(rests.map((own) => own[leaf] as Tensor))),
    ),
    jacobian: (reached) => ({
      whole,
      times: (A) => join(blocks.map((_, to) => times(A, reached, to))),
    }),
  };
}

/** Rows of a tensor. */
function rowsAt(x: Tensor, rows: Elements): Tensor {
  const [first = 0] = rows;
  if (rows.some((row, i) => row !== first + i))
    return gather(x, fromData(Int32Array.from(rows), [rows.length]));
  if (rows.length === x.shape[0]) return x;
  const others = x.shape.slice(1);
  return slice(x, [first, ...others.map(() => 0)], [first + rows.length, ...others]);
}
