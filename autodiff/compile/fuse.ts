import type { DType } from '../../lib/index.ts';
import { asAdam } from './adam.ts';
import { type Assembler, type Buffer, bufferOf, type Instruction, type InstructionOperand, writtenBy } from './assembler.ts';

/** Elementwise instructions that a tile can run; their last operand is the number of elements. */
const elementwise = new Set(
  'copy neg exp log tanh sigmoid reciprocal sqrt sin cos erf log1p expm1 atan floor binade square fill add sub mul strongmul div strongdiv pow maximum adds muls strongmuls divs strongdivs pows axpb greater greaters lessers select axpby axpbypcz'.split(
    ' ',
  ),
);

/** Operands that are single elements, by position; every other buffer is read or written element by element. */
const singles: Readonly<Record<string, readonly number[]>> = {
  fill: [1],
  adds: [2],
  muls: [2],
  strongmuls: [2],
  divs: [2],
  strongdivs: [2],
  pows: [2],
  axpb: [1, 3],
  greaters: [2],
  lessers: [2],
  axpby: [1, 3],
  axpbypcz: [1, 3, 5],
};

/** Below this many elements an array stays in the nearest cache anyway. */
const least = 512;
const registers = 16;

interface Group {
  /** The machine walks a tile in steps of one dtype. */
  readonly dtype: DType;
  readonly size: number;
  readonly members: Instruction[];
}

/**
 * Runs chains of elementwise instructions over long arrays tile by tile, so that what they pass on to each other never leaves the
 * nearest cache: an optimiser's update of a parameter is one pass over memory.
 *
 * An instruction waits in its group until something outside needs what the group writes, or writes what it reads, or the part ends.
 */
export function fuse(parts: readonly (readonly Instruction[])[], assembler: Assembler): Instruction[][] {
  const uses = countUses(parts.flat());
  return parts.map((instructions) => fusePart(instructions, uses, assembler));
}

function fusePart(instructions: readonly Instruction[], uses: ReadonlyMap<Buffer, number>, assembler: Assembler): Instruction[] {
  const fused: Instruction[] = [];
  let open: Group[] = [];
  const close = (group: Group) => {
    open = open.filter((other) => other !== group);
    fused.push(...(asAdam(group.members, uses, assembler) ?? emitGroup(group, uses)));
  };
  for (const instruction of instructions) {
    const size = sizeOf(instruction);
    const related = open.filter((group) => group.members.some((member) => conflict(member, instruction)));
    const joins =
      size !== undefined
        ? related.filter((group) => group.size === size && group.dtype === instruction.dtype && !readsSingles(group, instruction))
        : [];
    for (const group of related) if (!joins.includes(group)) close(group);
    if (size === undefined) fused.push(instruction);
    else {
      // Groups that meet become one; each kept its own order, and they had nothing to do with each other before.
      open = open.filter((group) => !joins.includes(group));
      open.push({ dtype: instruction.dtype, size, members: [...joins.flatMap(({ members }) => members), instruction] });
    }
  }
  for (const group of [...open]) close(group);
  return fused;
}

function sizeOf({ operation, operands }: Instruction): number | undefined {
  const size = operands[operands.length - 1];
  return elementwise.has(operation) && typeof size === 'number' && size >= least ? size : undefined;
}

/** Whether the order of two instructions matters. */
function conflict(earlier: Instruction, later: Instruction): boolean {
  const touches = ({ operands }: Instruction, buffer: Buffer) => operands.some((operand) => bufferOf(operand) === buffer);
  return (
    writtenBy(earlier).some((buffer) => touches(later, buffer)) || writtenBy(later).some((buffer) => touches(earlier, buffer))
  );
}

/** Whether the instruction needs the whole of something that the group writes piece by piece. */
function readsSingles({ members }: Group, { operation, operands }: Instruction): boolean {
  const scalars = (singles[operation] ?? []).map((at) => bufferOf(operands[at]));
  return members.some((member) => scalars.includes(bufferOf(member.operands[0])));
}

function emitGroup({ dtype: own, size, members }: Group, uses: ReadonlyMap<Buffer, number>): Instruction[] {
  if (members.length === 1) return members;
  const inside = countUses(members);
  const last = new Map<Buffer, number>();
  members.forEach(({ operands }, at) => {
    for (const operand of operands) {
      const buffer = bufferOf(operand);
      if (buffer !== undefined) last.set(buffer, at);
    }
  });
  const free = Array.from({ length: registers }, (_, register) => register).reverse();
  const held = new Map<Buffer, number>();
  const written = new Set<Buffer>();
  const body = members.map(({ operation, dtype, operands }, at): Instruction => {
    const target = bufferOf(operands[0]) as Buffer;
    const passing = !target.pinned && target.size === size && inside.get(target) === uses.get(target);
    // What began in memory stays there, even when a register is free by the time it is added to.
    if (passing && !written.has(target) && free.length > 0) held.set(target, free.pop() as number);
    written.add(target);
    const renamed = operands.map((operand): InstructionOperand => {
      const register = held.get(bufferOf(operand) as Buffer);
      return register === undefined ? operand : { register };
    });
    for (const [buffer, register] of held)
      if (last.get(buffer) === at) {
        held.delete(buffer);
        free.push(register);
      }
    return { operation, dtype, operands: renamed };
  });
  return [{ operation: 'tiles', dtype: own, operands: [size], body }];
}

function countUses(instructions: readonly Instruction[]): Map<Buffer, number> {
  const uses = new Map<Buffer, number>();
  for (const { operands } of instructions)
    for (const operand of operands) {
      const buffer = bufferOf(operand);
      if (buffer !== undefined) uses.set(buffer, (uses.get(buffer) ?? 0) + 1);
    }
  return uses;
}
