import { type DType, type FloatDType, wasm } from '../../../lib/index.ts';
import { bytesPer } from './arena.ts';
import { bufferOf, type Call, type Instruction, type InstructionOperand } from './instruction.ts';

/**
 * A plan as words for the machine, the addresses at which its parts end, and the calls and loops that words refer to by
 * number.
 */
export interface Encoded {
  readonly words: Int32Array;
  readonly ends: readonly number[];
  readonly calls: readonly Call[];
  readonly loops: readonly wasm.Loop[];
}

/**
 * The words of a plan's parts as the machine reads them at the address `begin`; the bodies of instructions
 * come after them all.
 */
export function encode(begin: number, parts: readonly (readonly Instruction[])[]): Encoded {
  const calls: Call[] = [];
  const loops = new Loops();
  const bodies: { readonly at: number; readonly words: readonly number[] }[] = [];
  const words: number[] = [];
  const ends = parts.map((instructions) => {
    for (const instruction of instructions) {
      const { operation, dtype, operands, body, call } = instruction;
      words.push(opcodeOf(operation, dtype));
      if (call !== undefined) words.push(calls.push(call) - 1);
      else if (operation === 'loop') words.push(...loops.wordsOf(instruction));
      else if (body === undefined) words.push(...operands.map(word));
      else {
        const own = body.flatMap((one) => [opcodeOf(one.operation, one.dtype), ...one.operands.map(word)]);
        bodies.push({ at: words.length, words: [...own, ...stridesOf(instruction)] });
        words.push(0, own.length, ...operands.map(word));
      }
    }
    return begin + 4 * words.length;
  });
  for (const { at, words: body } of bodies) {
    words[at] = begin + 4 * words.length;
    words.push(...body);
  }
  return { words: Int32Array.from(words), ends, calls, loops: loops.all };
}

/** The loops of a plan, each once, whatever the addresses. */
class Loops {
  readonly all: wasm.Loop[] = [];
  readonly #ids = new Map<string, number>();

  /** The words after the opcode: the index of the loop, and its own words. */
  wordsOf({ dtype, operands: [size], body = [] }: Instruction): readonly number[] {
    const places = new Map<number, number>();
    const placeOf = (address: number): number => {
      const own = places.get(address) ?? places.size;
      places.set(address, own);
      return own;
    };
    const members = body.map(({ operation, operands }) => ({
      operation,
      // The last is the number of elements.
      operands: operands.slice(0, -1).map((own): wasm.LoopOperand => {
        if (typeof own === 'number' || 'register' in own) return own;
        return { address: placeOf(word(own)) };
      }),
    }));
    const key = JSON.stringify([dtype, members]);
    const id = this.#ids.get(key) ?? this.all.length;
    if (id === this.all.length) this.all.push({ dtype: dtype as FloatDType, members });
    this.#ids.set(key, id);
    return [id, 1 + places.size, size as number, ...places.keys()];
  }
}

/** The stride of each word of the body of a `repeat`, in bytes; 0 for the opcode and for counts. */
function stridesOf({ body = [], strides = [] }: Instruction): number[] {
  if (strides.length === 0) return [];
  const [{ operands }] = body;
  return [
    0,
    ...operands.map((operand, i) => (strides[i] ?? 0) * bytesPer[bufferOf(operand)?.dtype ?? 'int32']),
  ];
}

function opcodeOf(operation: wasm.OpName, dtype: DType): number {
  return wasm.opcodes[operation] + (dtype === 'float64' ? wasm.float64 : 0);
}

function word(operand: InstructionOperand): number {
  if (typeof operand === 'number') return operand;
  if ('register' in operand) return operand.register;
  if ('shift' in operand) return operand.buffer.address + operand.shift * bytesPer[operand.buffer.dtype];
  return operand.address;
}
