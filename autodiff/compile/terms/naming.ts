import { wasm } from '../../../lib/index.ts';
import { letters } from '../equations/program.ts';
import type { Assembler } from '../instructions/assembler.ts';
import {
  type Buffer,
  bufferOf,
  type Instruction,
  type InstructionOperand,
} from '../instructions/instruction.ts';
import type { Coefficient, Part, Terms } from './terms.ts';

/**
 * Names for the buffers of a plan, and its instructions and terms as text: inputs as in the program, t1, t2,
 * … for what is computed.
 */
export class Naming {
  readonly #assembler: Assembler;
  readonly #names = new Map<Buffer, string>();
  #temporaries = 0;

  constructor(inputs: readonly Buffer[], assembler: Assembler) {
    this.#assembler = assembler;
    for (const [at, input] of inputs.entries()) this.#names.set(input, letters(at));
  }

  /** `t3[64], t4[64] ← matvec2(a, t1, t2, 64, 64)`; the body of a tile or of what repeats is indented. */
  instruction({ operation, operands, body = [], call }: Instruction): string[] {
    if (body.length > 0)
      return [
        `${operation} ${operands.map((own) => this.#operand(own)).join()}:`,
        ...body.flatMap((one) => this.instruction(one)).map((line) => `  ${line}`),
      ];
    const written = wasm.written[operation] ?? 1;
    const out = operands
      .slice(0, written)
      .flatMap((own) => (typeof own === 'number' ? [] : this.#written(own)));
    const name = call === undefined ? operation : `call ${call.equation.primitive.name}`;
    return [
      `${out.join(', ')} ← ${name}(${operands
        .slice(written)
        .map((own) => this.#operand(own))
        .join(', ')})`,
    ];
  }

  /** `0.9·a + t1·(t2 ⊗ t3)`. */
  terms(terms: Terms): string {
    if (terms.length === 0) return '0';
    return terms.map(({ coefficient, part }) => this.#term(coefficient, part)).join(' + ');
  }

  #term({ factor, scalars }: Coefficient, part: Part): string {
    const factors = [
      ...(factor === 1 ? [] : [shown(factor)]),
      ...scalars.map((scalar) => this.#name(scalar)),
      ...this.#part(part),
    ];
    return factors.length === 0 ? '1' : factors.join('·');
  }

  #part(part: Part): string[] {
    switch (part.kind) {
      case 'splat':
        return [];
      case 'outer':
        return [`(${this.#name(part.u)} ⊗ ${this.#name(part.v)})`];
      case 'product':
        return [`(${this.#name(part.u)}ᵀ${this.#name(part.v)})`];
      case 'row':
        return [`(${this.#name(part.v)} in row ${this.#name(part.index)})`];
      case 'rows':
        return [`(${this.#name(part.v)} in rows ${this.#name(part.index)})`];
      case 'mixture':
        return [`(${this.#name(part.weights)} of the entries of ${this.#name(part.buffer)})`];
      case 'entries':
        return [...part.by.map((own) => this.#name(own)), ...this.#part(part.of), 'for each'];
      case 'diagonal':
        return [
          `diagonal(${this.#name(part.buffer)}${part.begin === 0 ? '' : ` from element ${part.begin}`})`,
        ];
      case 'repeated':
        return [`(${this.#name(part.buffer)} repeated)`];
      case 'block':
        return [`(${this.#name(part.buffer)} at ${part.begin.join()})`];
      default:
        return [this.#name(part.buffer)];
    }
  }

  #written(operand: InstructionOperand): string {
    const buffer = bufferOf(operand);
    return buffer === undefined ? this.#operand(operand) : `${this.#operand(operand)}[${buffer.size}]`;
  }

  #operand(operand: InstructionOperand): string {
    if (typeof operand === 'number') return String(operand);
    if ('register' in operand) return `r${operand.register}`;
    return 'shift' in operand ? `${this.#name(operand.buffer)}+${operand.shift}` : this.#name(operand);
  }

  #name(buffer: Buffer): string {
    const known = this.#names.get(buffer);
    if (known !== undefined) return known;
    const data = this.#assembler.constants.get(buffer);
    const name =
      data === undefined
        ? `t${++this.#temporaries}`
        : data.length === 1
          ? shown(data[0])
          : `constant[${data.length}]`;
    this.#names.set(buffer, name);
    return name;
  }
}

/** A number to six digits, so that what was rounded to float32 does not look like something else. */
function shown(value: number): string {
  return String(Number(value.toPrecision(6)));
}
