import { add, mul } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  DataError,
  dataOf,
  fromData,
  leavesOf,
  partsLike,
  type Tensor,
  zeros,
} from '../../../lib/index.ts';
import { addIfThere, flattenTree } from '../../algebra.ts';
import type { Rule } from '../rule/rule.ts';
import { carriedBetween, pick } from '../step/pick.ts';
import type { StepStructure } from '../step/step-structure.ts';
import { type Traced, tracedOf } from '../step/traced.ts';
import type { Entries } from '../step/transition.ts';
import { ownUnits, type UnitRows } from '../step/units.ts';

/**
 * The traces of the parameters: for each site, and each leaf without sites, a tensor for each state element of a
 * unit. `units` has the numbers of these state elements, for each group of sites and each leaf without sites.
 */
export type DiagonalInfluence = {
  readonly units: readonly Tensor[];
  readonly traces: readonly (readonly Tensor[])[];
};

/**
 * Carries the influence of each parameter on the state elements of its own unit.
 * @param through the part of J that carries it on: all of it, or `local`, what passes through no weights.
 * @throws ConfigurationError for a step that cannot be traced.
 */
export function ownUnitTraces(
  step: StepStructure,
  name: string,
  through: 'jacobian' | 'local',
): Rule<DiagonalInfluence> {
  if (!step.isTraceable)
    throw new ConfigurationError(
      `${name}: which unit a parameter belongs to is not known, because this step cannot be traced; use uoro(), or a step that reads no values`,
    );
  const { parameters, sizes } = step;
  const [{ dtype }] = leavesOf(step.state);
  const { groups, leaves } = ownUnits(step);
  const rows = [...groups, ...leaves.map((own) => own.rows)];
  const all = tracedOf(step, leaves);
  const slotsOf = ({ unit }: Traced) => rows[unit].length;
  const most = all.reduce((longest, own) => Math.max(longest, slotsOf(own)), 0);
  const arePicked = picksAll(step, groups, leaves);
  const total = (weigh: (slots: number) => number) =>
    all.reduce((sum, own) => sum + own.size * weigh(slotsOf(own)), 0);
  return {
    structure: `own units of ${most} of ${sizes.state} state elements${arePicked ? '' : `, ${sizes.state} pulls a step`}`,
    cost: {
      time: (3 + (arePicked ? 0 : sizes.state)) * sizes.parameters + total((slots) => slots * (slots + 1)),
      memory: total((slots) => slots),
    },
    start: () => ({
      units: rows.map((own) => numbersOf(own, dtype)),
      traces: all.map((own) => rows[own.unit].map(() => zeros(own.shape, { dtype }))),
    }),
    advance({ units, traces }, transition) {
      const entries = transition.entries();
      const own = rows.map((slots, i) =>
        immediateOf(entries, slots, i < groups.length ? i : leaves[i - groups.length]),
      );
      const carried = carriedBetween(entries, through);
      return {
        units,
        traces: all.map((traced, i) =>
          rows[traced.unit].map((to, k) =>
            rows[traced.unit].reduce(
              (sum, from, q) => add(sum, mul(traced.spread(carried(to, from)), traces[i][q])),
              traced.immediate(own[traced.unit][k], entries),
            ),
          ),
        ),
      };
    },
    pull({ units, traces }, cotangent) {
      requireUnits(name, units, rows);
      const c = flattenTree(cotangent);
      const picked = rows.map((slots) => slots.map((slot) => pick(c, slot)));
      const parts = leavesOf(parameters).map((): Tensor | undefined => undefined);
      all.forEach((traced, i) => {
        const [first, ...rest] = traces[i].map((own, k) => mul(traced.spread(picked[traced.unit][k]), own));
        if (first === undefined) return;
        const own = traced.place(rest.reduce((sum, part) => add(sum, part), first));
        parts[traced.leaf] = addIfThere(parts[traced.leaf], own);
      });
      return partsLike(parameters, parts);
    },
    expand: ({ traces }) => traces,
  };
}

/** I at the own unit of each element, slot after slot: of a group by its D, of a leaf without sites by itself. */
function immediateOf(
  entries: Entries,
  slots: UnitRows,
  of: number | { readonly leaf: number },
): readonly Tensor[] {
  return slots.map((slot) =>
    typeof of === 'number' ? entries.group(of, slot) : entries.leaf(of.leaf, slot),
  );
}

/** Whether all entries follow from the structure of the step. */
function picksAll(
  step: StepStructure,
  groups: readonly UnitRows[],
  leaves: readonly { readonly leaf: number; readonly rows: UnitRows }[],
): boolean {
  const { picks } = step;
  const used = (rows: UnitRows) => [...new Set(rows.flatMap((slot) => [...slot]))].filter((row) => row >= 0);
  const cells = (rows: UnitRows) => [...new Set(used(rows).map((row) => step.leafOf(row)))];
  return (
    groups.every((rows, g) => step.isPicked(used(rows)) && cells(rows).every((to) => picks[to].groups[g])) &&
    leaves.every(
      ({ leaf, rows }) =>
        step.isPicked(used(rows)) && cells(rows).every((to) => picks[to].arguments[0][leaf]),
    )
  );
}

/** @throws DataError for traces of other units. In a plan numbers are unknown, and not checked. */
function requireUnits(name: string, units: readonly Tensor[], rows: readonly UnitRows[]): void {
  const isAlike = (own: Tensor, slots: UnitRows) => {
    if (own.level > 0) return true;
    const expected = slots.flatMap((slot) => [...slot]);
    return dataOf(own).every((row: number, i: number) => row === expected[i]);
  };
  if (!units.every((own, i) => isAlike(own, rows[i])))
    throw new DataError(
      `${name}: the traces were carried for a model in which parameters belong to other units`,
    );
}

/** The numbers of state elements in the dtype of the state, like all that is carried. */
function numbersOf(rows: UnitRows, dtype: Tensor['dtype']): Tensor {
  const values = rows.flatMap((slot) => [...slot]);
  const data = dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
  return fromData(data, [rows.length, rows.length === 0 ? 0 : rows[0].length]);
}
