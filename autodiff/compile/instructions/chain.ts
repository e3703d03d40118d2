import type { wasm } from '../../../lib/index.ts';
import type { Assembler } from './assembler.ts';
import { type Buffer, bufferOf, type Instruction } from './instruction.ts';

/** The members of a tile, as a pass that looks for a chain among them asks for them. */
export interface Members {
  /** The operands and result of a member, without its length. */
  buffers(member: Instruction): Buffer[];
  makerOf(buffer: Buffer | undefined): Instruction | undefined;
  /**
   * The buffers of the member that makes this one by this operation, if `readers` members read it. Otherwise none:
   * the others would miss it.
   */
  partsOf(buffer: Buffer | undefined, operation: wasm.OpName, readers?: number): Buffer[];
  /** The members that update in place what they read first: x ← a x + b y. */
  readonly updates: readonly Buffer[][];
  /** The update w ← w + (-η) t with t = u / s, which only it reads. */
  readonly step: readonly Buffer[] | undefined;
  /** The members that make none of these; undefined unless they are all that is left, and touch none of them. */
  others(own: readonly (Buffer | undefined)[]): readonly Instruction[] | undefined;
}

export function membersOf(
  members: readonly Instruction[],
  uses: ReadonlyMap<Buffer, number>,
  assembler: Assembler,
): Members {
  const buffers = (instruction: Instruction) => instruction.operands.slice(0, -1).map(bufferOf) as Buffer[];
  const makerOf = (buffer: Buffer | undefined) =>
    members.find((member) => bufferOf(member.operands[0]) === buffer);
  const updates = members
    .filter(({ operation, operands: [out, , x] }) => operation === 'axpby' && bufferOf(out) === bufferOf(x))
    .map(buffers);
  return {
    buffers,
    makerOf,
    partsOf(buffer, operation, readers = 1) {
      const maker = buffer && makerOf(buffer);
      return maker?.operation === operation && uses.get(buffer as Buffer) === readers + 1
        ? buffers(maker)
        : [];
    },
    updates,
    step: updates.find(
      ([, one, , , y]) => makerOf(y)?.operation === 'div' && uses.get(y) === 2 && assembler.number(one) === 1,
    ),
    others(own) {
      const others = members.filter((member) => !own.includes(bufferOf(member.operands[0])));
      const isApart = others.every(({ operands }) =>
        operands.every((operand) => bufferOf(operand) === undefined || !own.includes(bufferOf(operand))),
      );
      return others.length + own.length === members.length && isApart ? others : undefined;
    },
  };
}
