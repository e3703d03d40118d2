import { layOut } from '../../../autodiff/compile/instructions/arena.ts';
import { Assembler } from '../../../autodiff/compile/instructions/assembler.ts';
import { encode } from '../../../autodiff/compile/instructions/encode.ts';
import {
  type Buffer,
  countUses,
  type Instruction,
} from '../../../autodiff/compile/instructions/instruction.ts';
import { wasm } from '../../../lib/index.ts';

/**
 * Runs the instructions that `write` assembles, after a pass over them, and returns the bytes of its pinned
 * buffers.
 */
export function bytesAfter(
  write: (assembler: Assembler) => Buffer[],
  pass: (
    instructions: readonly Instruction[],
    uses: ReadonlyMap<Buffer, number>,
    assembler: Assembler,
  ) => readonly Instruction[],
): { bytes: number[]; instructions: readonly Instruction[] } {
  const assembler = new Assembler();
  const given = write(assembler);
  for (const buffer of given) buffer.pinned = true;
  const instructions = pass(assembler.instructions, countUses(assembler.instructions), assembler);
  const pinned = [...given, ...assembler.constants.keys()];
  const begin = layOut(wasm.reservedBytes, pinned, instructions);
  const { words, ends, loops } = encode(begin, [instructions]);
  const machine = new wasm.Machine(begin + words.byteLength + 65536, { loops });
  const memory = machine.memory.buffer;
  const view = ({ dtype, address, size }: Buffer) =>
    new ({ float32: Float32Array, float64: Float64Array, int32: Int32Array })[dtype](memory, address, size);
  // Registers and free memory begin with rubbish, so that reading unwritten memory shows.
  new Uint8Array(memory, begin + words.byteLength).fill(77);
  given.forEach((buffer, phase) => {
    const data = view(buffer);
    for (let i = 0; i < data.length; i++)
      data[i] = buffer.dtype === 'int32' ? Number((i * 7 + phase) % 3 > 0) : Math.sin(12.9 * (i + 1) + phase);
  });
  for (const [buffer, data] of assembler.constants) view(buffer).set(data);
  new Int32Array(memory, begin, words.length).set(words);
  machine.run(begin, ends[0]);
  const bytes = given.flatMap((buffer) =>
    Array.from(new Uint8Array(memory, buffer.address, view(buffer).byteLength)),
  );
  return { bytes, instructions };
}
