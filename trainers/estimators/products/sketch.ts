import {
  add,
  div,
  dot,
  gather,
  greater,
  matmul,
  minimum,
  mul,
  norm,
  outer,
  relu,
  reshape,
  sqrt,
  sub,
  sum,
  transpose,
  where,
} from '../../../autodiff/index.ts';
import { type FloatDType, fromData, ones, type Tensor, zeros } from '../../../lib/index.ts';
import { once } from '../../once.ts';
import { pick } from '../step/pick.ts';
import type { StepGroup } from '../step/sites.ts';
import type { StepStructure } from '../step/step-structure.ts';
import { ownUnits, type UnitRows } from '../step/units.ts';
import type { GroupRule } from './kronecker.ts';
import { firstRows, leadingRows } from './leadingRows.ts';
import { lost } from './orthonormal.ts';

/** M + Uᵀ R for one group of sites, and a bound on what that leaves out. */
export type Sketch = {
  /** M: own-unit traces [inputs, units], one for each state element of a unit. */
  readonly traces: readonly Tensor[];
  /** U: orthonormal rows, [rank, S]. */
  readonly basis: Tensor;
  /** R: [rank, inputs, units]. */
  readonly factors: Tensor;
  /** The bound on the Frobenius norm; a scalar. */
  readonly certificate: Tensor;
};

/** Bounds from here on say nothing, and are not carried on, as they would become infinite. */
const unknown = 1e30;

/** Σ_j left_j ⊗ right_·j, a part of Q: `left` is [units, S], `right` [inputs, units]. */
interface Term {
  readonly left: Tensor;
  readonly right: Tensor;
}

/** How a sketch of this rank is carried for each group of sites. */
export function sketchOf(step: StepStructure, most: number, dtype: FloatDType): GroupRule<Sketch> {
  const { state } = step.sizes;
  const rank = Math.min(most, state);
  const all = new Map<StepGroup, UnitRows>();
  const growths = new WeakMap<Tensor, Tensor>();
  // One for all groups of a step.
  const growth = (jacobian: Tensor): Tensor => {
    const known = growths.get(jacobian) ?? growthOf(jacobian);
    growths.set(jacobian, known);
    return known;
  };
  const first = once(() => firstRows(rank, state, dtype));
  const rowsOf = (group: StepGroup): UnitRows => {
    if (all.size === 0) ownUnits(step).groups.forEach((rows, g) => void all.set(step.groups[g], rows));
    return all.get(group) ?? [];
  };
  return {
    time(group) {
      const rows = rowsOf(group);
      const terms = rows.length + (reachesOthers(group, rows) ? 1 : 0);
      const parameters = group.inputs * group.units;
      return (
        (terms + 1) * state * state * group.units +
        (rows.length ** 2 + terms ** 2 + 2 * terms * rank + 2 * rank ** 2) * parameters
      );
    },
    memory: (group) => (rowsOf(group).length + rank) * group.inputs * group.units + rank * state + 1,
    start: (group) => ({
      traces: rowsOf(group).map(() => zeros([group.inputs, group.units], { dtype })),
      basis: first(),
      factors: zeros([rank, group.inputs, group.units], { dtype }),
      certificate: zeros([], { dtype }),
    }),
    advance(own, { whole }, { D, z }, _, group) {
      const jacobian = whole();
      const rows = rowsOf(group);
      const J = reshape(jacobian, [jacobian.size]);
      const traces = rows.map((to) =>
        rows.reduce(
          (total, from, k) => add(total, mul(own.traces[k], pick(J, placesIn(to, from, state)))),
          outer(z, pick(reshape(D, [D.size]), placesIn(to, counted(group.units), group.units))),
        ),
      );
      const elsewhere = elsewhereOf(rows, state);
      const columns = transpose(jacobian);
      const terms = rows.map(
        (from, k): Term => ({
          left: where(elsewhere, rowsAt(columns, from), 0),
          right: own.traces[k],
        }),
      );
      if (reachesOthers(group, rows))
        terms.push({
          left: where(elsewhere, transpose(D), 0),
          right: outer(z, ones([group.units], { dtype })),
        });
      return { traces, ...advanceSketch(own, jacobian, growth(jacobian), terms) };
    },
    pull({ traces, basis, factors }, cotangent, group) {
      const rows = rowsOf(group);
      const rest = matmul(matmul(basis, cotangent), asRows(factors));
      return traces.reduce(
        (total, trace, k) => add(total, mul(trace, pick(cotangent, rows[k]))),
        reshape(rest, [group.inputs, group.units]),
      );
    },
  };
}

/** The sketch of Q, the sum of the terms and of J Uᵀ R. */
function advanceSketch(
  { basis, factors, certificate }: Sketch,
  jacobian: Tensor,
  growth: Tensor,
  terms: readonly Term[],
): Omit<Sketch, 'traces'> {
  const [rank, state] = basis.shape;
  const turned = { transposeRight: true };
  // J Uᵀ, in rows.
  const carried = matmul(basis, jacobian, turned);
  const gram = gramOf(terms, carried, factors);
  const size = traceOf(gram);
  const next = rank === state ? basis : leadingRows(gram, basis, size);
  const parts = terms.map(({ left, right }) => {
    const along = matmul(next, left, turned);
    return mul(reshape(along, [rank, 1, left.shape[0]]), reshape(right, [1, ...right.shape]));
  });
  const rest = reshape(matmul(matmul(next, carried, turned), asRows(factors)), factors.shape);
  return {
    basis: next,
    factors: parts.reduce((total, part) => add(total, part), rest),
    certificate: minimum(
      add(mul(certificate, growth), rank === state ? 0 : missing(gram, next, size)),
      unknown,
    ),
  };
}

/** Q Qᵀ, [S, S]. */
function gramOf(terms: readonly Term[], carried: Tensor, factors: Tensor): Tensor {
  const rows = asRows(factors);
  const squares = matmul(rows, rows, { transposeRight: true });
  const rest = matmul(matmul(carried, squares, { transposeLeft: true }), carried, {});
  return terms.reduce((total, { left, right }) => {
    const weighted = terms.reduce(
      (sums, other) => {
        const weights = sum(mul(right, other.right), { axes: 0 });
        return add(sums, mul(other.left, reshape(weights, [weights.size, 1])));
      },
      mul(left, 0),
    );
    const across = sum(mul(factors, reshape(right, [1, ...right.shape])), { axes: 1 });
    const mixed = matmul(left, matmul(across, carried, { transposeLeft: true }), { transposeLeft: true });
    const own = matmul(left, weighted, { transposeLeft: true });
    return add(total, add(own, add(mixed, transpose(mixed))));
  }, rest);
}

/** ‖Q - Uᵀ U Q‖, and no less than rounding lets it be known to. */
function missing(gram: Tensor, basis: Tensor, whole: Tensor): Tensor {
  const kept = dot(matmul(basis, gram), basis);
  return sqrt(add(relu(sub(whole, kept)), mul(whole, lost[gram.dtype as FloatDType])));
}

function traceOf(matrix: Tensor): Tensor {
  const [size] = matrix.shape;
  return sum(pick(reshape(matrix, [matrix.size]), placesIn(counted(size), counted(size), size)));
}

/** ‖(JᵀJ)²‖^¼, a bound on ‖J‖₂ that is at most S^⅛ times as large; in units of ‖J‖, whose fourth power may overflow. */
function growthOf(jacobian: Tensor): Tensor {
  const size = norm(jacobian);
  const unit = div(jacobian, where(greater(size, 0), size, 1));
  const square = matmul(unit, unit, { transposeLeft: true });
  return mul(size, sqrt(sqrt(norm(matmul(square, square)))));
}

/** Whether elements of a group's a influence, within the step, others than those of their own units. */
function reachesOthers({ reaches }: StepGroup, rows: UnitRows): boolean {
  return reaches.some((elements, j) => elements.some((element) => rows.every((own) => own[j] !== element)));
}

/** [units, S]: 1 where a state element is not of the unit. */
function elsewhereOf(rows: UnitRows, state: number): Tensor {
  const units = rows[0]?.length ?? 0;
  const mask = new Int32Array(units * state).fill(1);
  for (const own of rows)
    own.forEach((element, j) => {
      if (element >= 0) mask[j * state + element] = 0;
    });
  return fromData(mask, [units, state]);
}

/** The places of entries in a matrix of so many columns, row after row; -1 for those that are not there. */
function placesIn(rows: Int32Array, columns: Int32Array, width: number): Int32Array {
  return rows.map((row, j) => (row < 0 || columns[j] < 0 ? -1 : row * width + columns[j]));
}

function counted(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i);
}

/** Rows of a matrix; the first in the place of those that are not there, which meet traces of zeros. */
function rowsAt(matrix: Tensor, rows: Int32Array): Tensor {
  if (rows.length === matrix.shape[0] && rows.every((row, j) => row === j)) return matrix;
  return gather(
    matrix,
    fromData(
      rows.map((row) => Math.max(row, 0)),
      [rows.length],
    ),
  );
}

/** [rank, inputs, units] as a matrix of `rank` rows. */
function asRows(factors: Tensor): Tensor {
  const [rank, inputs, units] = factors.shape;
  return reshape(factors, [rank, inputs * units]);
}
