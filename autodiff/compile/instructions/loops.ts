import { wasm } from '../../../lib/index.ts';
import { type Buffer, bufferOf, countUses, type Instruction } from './instruction.ts';

/**
 * A tile as a loop that is compiled for it, if all of it is arithmetic. Functions such as `tanh` stay with the tiles: they
 * take so long that nothing would be gained.
 */
export function asLoop(instruction: Instruction, uses: ReadonlyMap<Buffer, number>): Instruction {
  const { operation, dtype, body = [] } = instruction;
  if (operation !== 'tiles' || !body.every((member) => wasm.isLoopable(member.operation))) return instruction;
  if (dtype === 'int32') return instruction;
  if (dtype === 'float64' && !keepsMasks(body, uses)) return instruction;
  return { ...instruction, operation: 'loop' };
}

/** Whether the results of comparisons, which are narrower than what is compared, come from here and go nowhere else. */
function keepsMasks(body: readonly Instruction[], uses: ReadonlyMap<Buffer, number>): boolean {
  const inside = countUses(body);
  const made = body
    .filter(({ operation }) => wasm.isComparison(operation))
    .map(({ operands: [out] }) => bufferOf(out));
  const masks = body.flatMap(({ operation, operands: [, , mask] }) =>
    operation === 'select' ? bufferOf(mask) : [],
  );
  return [...made, ...masks].every(
    (own) => own !== undefined && !own.pinned && made.includes(own) && inside.get(own) === uses.get(own),
  );
}
