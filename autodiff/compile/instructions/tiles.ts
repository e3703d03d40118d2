import { type DType, wasm } from '../../../lib/index.ts';
import { type Buffer, bufferOf, buffersIn, type Instruction, writtenBy } from './instruction.ts';

/** Below this many elements an array stays in the nearest cache anyway. */
const least = 512;

interface Group {
  /** The machine walks a tile in steps of one dtype. */
  readonly dtype: DType;
  readonly size: number;
  readonly members: Instruction[];
  /** The buffers of all members, and those that they write. */
  readonly touched: Set<Buffer>;
  readonly written: Set<Buffer>;
}

/**
 * Gathers elementwise instructions over long arrays into groups that run tile by tile, so that what they pass
 * on to each other never leaves the nearest cache: an optimiser's update of a parameter is one pass over
 * memory.
 *
 * An instruction waits in its group until something outside needs what the group writes, or writes what it
 * reads, or the part ends.
 */
export function groupIntoTiles(instructions: readonly Instruction[]): Instruction[] {
  const grouped: Instruction[] = [];
  let open: Group[] = [];
  const close = (group: Group) => {
    open = open.filter((other) => other !== group);
    grouped.push(tilesOf(group));
  };
  for (const instruction of instructions) {
    const size = sizeOf(instruction);
    const [touched, written] = [buffersIn(instruction), writtenBy(instruction)];
    // Those whose order with the instruction matters.
    const related = open.filter(
      (group) =>
        touched.some((buffer) => group.written.has(buffer)) ||
        written.some((buffer) => group.touched.has(buffer)),
    );
    const joins =
      size !== undefined
        ? related.filter(
            (group) =>
              group.size === size && group.dtype === instruction.dtype && !readsSingles(group, instruction),
          )
        : [];
    for (const group of related) if (!joins.includes(group)) close(group);
    if (size === undefined) grouped.push(instruction);
    else {
      // Groups that meet become one; each kept its own order, and they had nothing to do with each other
      // before.
      open = open.filter((group) => !joins.includes(group));
      open.push({
        dtype: instruction.dtype,
        size,
        members: [...joins.flatMap(({ members }) => members), instruction],
        touched: new Set([...joins.flatMap((own) => [...own.touched]), ...touched]),
        written: new Set([...joins.flatMap((own) => [...own.written]), ...written]),
      });
    }
  }
  for (const group of [...open]) close(group);
  return grouped;
}

function tilesOf({ dtype, size, members }: Group): Instruction {
  return members.length === 1 ? members[0] : { operation: 'tiles', dtype, operands: [size], body: members };
}

/** The length of a long array that an instruction runs over element by element. */
function sizeOf({ operation, operands }: Instruction): number | undefined {
  const size = operands[operands.length - 1];
  return wasm.isElementwise(operation) && typeof size === 'number' && size >= least ? size : undefined;
}

/** Whether the instruction needs the whole of something that the group writes piece by piece. */
function readsSingles({ members }: Group, { operation, operands }: Instruction): boolean {
  const scalars = wasm.singles(operation).map((at) => bufferOf(operands[at]));
  return members.some((member) => scalars.includes(bufferOf(member.operands[0])));
}
