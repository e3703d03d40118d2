import { type FloatDType, wasm } from '../../lib/index.ts';

/** A run of float32 or int32 in the machine's memory. */
export interface Place {
  readonly address: number;
  readonly size: number;
}

/** Hand-written instructions for the machine. */
export class Code {
  readonly #words: number[] = [];
  readonly #constants: { readonly place: Place; readonly value: number }[] = [];
  #end: number = wasm.reservedBytes;
  readonly #dtype: FloatDType;

  constructor(dtype: FloatDType = 'float32') {
    this.#dtype = dtype;
  }

  place(size: number): Place {
    const address = this.#end;
    this.#end += Math.ceil((size * (this.#dtype === 'float32' ? 4 : 8)) / 64) * 64;
    return { address, size };
  }

  constant(value: number): Place {
    const place = this.place(1);
    this.#constants.push({ place, value });
    return place;
  }

  emit(operation: wasm.OpName, ...operands: readonly (Place | number)[]): void {
    this.#words.push(wasm.opcodes[operation] + (this.#dtype === 'float64' ? wasm.float64 : 0));
    for (const operand of operands) this.#words.push(typeof operand === 'number' ? operand : operand.address);
  }

  /** The code in its own memory. */
  load(): {
    run: () => void;
    floats: (place: Place) => Float32Array | Float64Array;
    integers: (place: Place) => Int32Array;
    instructions: number;
  } {
    const begin = this.#end;
    const end = begin + 4 * this.#words.length;
    const machine = new wasm.Machine(end);
    const { buffer } = machine.memory;
    const floats = ({ address, size }: Place) =>
      this.#dtype === 'float32'
        ? new Float32Array(buffer, address, size)
        : new Float64Array(buffer, address, size);
    for (const { place, value } of this.#constants) floats(place)[0] = value;
    new Int32Array(buffer, begin, this.#words.length).set(this.#words);
    return {
      run: () => machine.run(begin, end),
      floats,
      integers: ({ address, size }) => new Int32Array(buffer, address, size),
      instructions: this.#words.length,
    };
  }
}
