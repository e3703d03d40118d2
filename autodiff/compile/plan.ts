import type { DType, Tensor } from '../../lib/index.ts';
import { Assembler, type Buffer, encode, type Instruction, layOut } from './assembler.ts';
import { fuse } from './fuse.ts';
import { Lowering } from './lower.ts';
import type { IndexBound } from './origins.ts';
import { pairProducts } from './pair.ts';
import type { Program } from './program.ts';
import { arrayOf, buffersOf, type Value } from './values.ts';

/** A program as instructions over one arena. */
export interface Plan {
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
  readonly constants: Assembler['constants'];
  readonly bounds: readonly IndexBound[];
  readonly instructions: readonly Instruction[];
  /** The instructions as words for the machine, where they begin, and where the machine stops; the bodies of tiles follow. */
  readonly words: Int32Array;
  readonly begin: number;
  readonly end: number;
  /** The size of the arena in bytes. */
  readonly bytes: number;
}

/**
 * Lays a program out.
 *
 * @param updates for outputs that replace an input in place, the index of that input: what carries over from one run to the next.
 * @param reserved how many bytes at the beginning of the arena are the machine's own.
 * @throws NotPlannable for a primitive without a kernel.
 */
export function planOf(
  program: Program,
  updates: ReadonlyMap<number, number>,
  opcodeOf: (operation: string, dtype: DType) => number,
  reserved: number,
): Plan {
  const assembler = new Assembler();
  const inputs = program.inputs.map((input) => assembler.buffer(input.dtype, input.size, true));
  const lowering = new Lowering(program, inputs, assembler);
  const outputs = writeOutputs(program, lowering, inputs, updates);
  const instructions = fuse(pairProducts(assembler.instructions, new Set(inputs)), assembler);
  const pinned = [...new Set([...assembler.constants.keys(), ...inputs, ...outputs])];
  const begin = layOut(reserved, pinned, instructions);
  const { words, length } = encode(begin, instructions, opcodeOf);
  return {
    inputs,
    outputs,
    constants: assembler.constants,
    bounds: lowering.origins.bounds,
    instructions,
    words,
    begin,
    end: begin + 4 * length,
    bytes: begin + words.byteLength,
  };
}

interface Pending {
  readonly at: number;
  readonly target: Buffer;
  readonly value: Value;
  readonly tensor: Tensor;
}

/** First the outputs that are copied out; then those that replace inputs, each once no other still reads what it replaces. */
function writeOutputs(
  program: Program,
  lowering: Lowering,
  inputs: readonly Buffer[],
  updates: ReadonlyMap<number, number>,
): Buffer[] {
  const { assembler, materializer } = lowering;
  const replaced = new Set([...updates.values()].map((input) => inputs[input]));
  const outputs = new Array<Buffer>(program.outputs.length);
  let pending: Pending[] = [];
  program.outputs.forEach((tensor, at) => {
    const input = updates.get(at);
    if (input === undefined) {
      const array = lowering.array(tensor);
      outputs[at] = replaced.has(array) ? copied(lowering, array) : array;
      outputs[at].pinned = true;
    } else {
      pending.push({ at, target: inputs[input], value: lowering.value(tensor), tensor });
      outputs[at] = inputs[input];
    }
  });
  // Coefficients may depend on inputs that are about to be replaced, so they are computed before the first write.
  for (const { value, tensor } of pending)
    for (const { coefficient } of value) materializer.coefficient(coefficient, tensor.dtype);
  while (pending.length > 0) {
    const ready = pending.find((own) => pending.every((other) => other === own || !buffersOf(other.value).includes(own.target)));
    const next = ready ?? pending[0];
    const reads = buffersOf(next.value).filter((buffer) => buffer === next.target).length;
    const inPlace =
      reads === 0 || (reads === 1 && next.value.some(({ part }) => part.kind === 'dense' && part.buffer === next.target));
    pending = pending.filter((other) => other !== next);
    if (arrayOf(next.value) === next.target) continue;
    if (ready === undefined) {
      // Every one is read by another: this one's old value moves out of the way.
      const saved = copied(lowering, next.target);
      pending = pending.map((other) => ({ ...other, value: substituted(other.value, next.target, saved) }));
    }
    if (inPlace) materializer.array(next.value, next.tensor.dtype, next.tensor.shape, next.target);
    else {
      const whole = materializer.array(
        next.value,
        next.tensor.dtype,
        next.tensor.shape,
        assembler.buffer(next.tensor.dtype, next.tensor.size),
      );
      assembler.emit('copy', next.tensor.dtype, next.target, whole, next.tensor.size);
    }
  }
  return outputs;
}

function copied({ assembler }: Lowering, buffer: Buffer): Buffer {
  const copy = assembler.buffer(buffer.dtype, buffer.size);
  assembler.emit('copy', buffer.dtype, copy, buffer, buffer.size);
  return copy;
}

function substituted(value: Value, from: Buffer, to: Buffer): Value {
  const swap = (buffer: Buffer) => (buffer === from ? to : buffer);
  return value.map(({ coefficient, part }) => ({
    coefficient: { ...coefficient, scalars: coefficient.scalars.map(swap) },
    part:
      part.kind === 'splat'
        ? part
        : part.kind === 'outer'
          ? { ...part, u: swap(part.u), v: swap(part.v) }
          : part.kind === 'row'
            ? { ...part, index: swap(part.index), v: swap(part.v) }
            : { ...part, buffer: swap(part.buffer) },
  }));
}
