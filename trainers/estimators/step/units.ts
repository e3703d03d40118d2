import type { Elements } from './sites.ts';
import { cellsOf, type StateCell } from './state-cells.ts';
import type { StepStructure } from './step-structure.ts';

/**
 * The state elements of the units that the elements of a group's a, or of a leaf, belong to: slot by slot, one
 * for each of these elements; -1 where a unit has fewer.
 */
export type UnitRows = readonly Int32Array[];

/** To which unit of the state each parameter belongs. */
export interface OwnUnits {
  readonly groups: readonly UnitRows[];
  /** For the leaves without sites that reach the state. */
  readonly leaves: readonly {
    readonly leaf: number;
    readonly rows: UnitRows;
  }[];
}

/**
 * Finds the own unit of every parameter. Leaves of the state that depend on each other are those of one cell, such
 * as h and c of an LSTM, or the layer of a stack; unit i of a cell has element i of each of its leaves.
 *
 * The own cell of a parameter is the first that it reaches within a step: the layer that it is in, since what
 * comes later is reached through that one. Its own unit there is the one that it reaches, or, as in a gate that
 * acts before a product, and so reaches all, the one of the same number as its column.
 */
export function ownUnits(step: StepStructure): OwnUnits {
  const cells = cellsOf(step);
  const reaches = step.unsited.length === 0 ? [] : (step.reaches(1) ?? []);
  return {
    groups: step.groups.map((group) => unitsOf(group.reaches, cells)),
    leaves: step.unsited.map(({ leaf }) => ({
      leaf,
      rows: unitsOf(reaches[leaf], cells),
    })),
  };
}

function unitsOf(reached: readonly Elements[], cells: readonly StateCell[]): UnitRows {
  const units = reached.map((elements, j) => {
    const cell = cells.find(({ leaves }) =>
      elements.some((element) => leaves.some((leaf) => isIn(leaf, element))),
    );
    if (cell === undefined) return [];
    const indices = new Set(
      elements.flatMap((element) =>
        cell.leaves.filter((leaf) => isIn(leaf, element)).map(({ begin }) => element - begin),
      ),
    );
    const [only, ...more] = indices;
    const unit = more.length === 0 ? only : j % cell.units;
    return cell.leaves.filter(({ size }) => unit < size).map(({ begin }) => begin + unit);
  });
  const slots = units.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: slots }, (_, slot) => Int32Array.from(units, (unit) => unit[slot] ?? -1));
}

function isIn({ begin, size }: { readonly begin: number; readonly size: number }, element: number): boolean {
  return element >= begin && element < begin + size;
}
