import {
  type Buffer,
  bufferOf,
  countUses,
  type Instruction,
  type InstructionOperand,
} from './instruction.ts';

/** Of a tile. A loop has as many as it needs. */
const registers = 16;

/** Keeps in registers what the members of a tile only pass on to each other: it never reaches memory. */
export function assignRegisters(instruction: Instruction, uses: ReadonlyMap<Buffer, number>): Instruction {
  const { operation, operands, body: members = [] } = instruction;
  if (operation !== 'tiles' && operation !== 'loop') return instruction;
  const [size] = operands;
  const inside = countUses(members);
  const last = new Map<Buffer, number>();
  members.forEach(({ operands: own }, at) => {
    for (const operand of own) {
      const buffer = bufferOf(operand);
      if (buffer !== undefined) last.set(buffer, at);
    }
  });
  const free = Array.from(
    { length: operation === 'loop' ? members.length : registers },
    (_, register) => register,
  ).reverse();
  const held = new Map<Buffer, number>();
  const written = new Set<Buffer>();
  const body = members.map((member, at): Instruction => {
    const target = bufferOf(member.operands[0]) as Buffer;
    const passing = !target.pinned && target.size === size && inside.get(target) === uses.get(target);
    // A value that began in memory stays there, even if a register is free by the time it is added to.
    if (passing && !written.has(target) && free.length > 0) held.set(target, free.pop() as number);
    written.add(target);
    const renamed = member.operands.map((operand): InstructionOperand => {
      const register = held.get(bufferOf(operand) as Buffer);
      return register === undefined ? operand : { register };
    });
    for (const [buffer, register] of held)
      if (last.get(buffer) === at) {
        held.delete(buffer);
        free.push(register);
      }
    return { ...member, operands: renamed };
  });
  return { ...instruction, body };
}
