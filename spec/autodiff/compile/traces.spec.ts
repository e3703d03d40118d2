import { expect } from 'chai';
import fc from 'fast-check';
import type { Assembler } from '../../../autodiff/compile/instructions/assembler.ts';
import type { Buffer } from '../../../autodiff/compile/instructions/instruction.ts';
import { fuseLines } from '../../../autodiff/compile/instructions/lines.ts';
import { fuseTraces } from '../../../autodiff/compile/instructions/traces.ts';
import { repeat } from '../../../autodiff/compile/terms/repeat.ts';
import { size } from '../../support/size.ts';
import { bytesAfter } from './assembled.ts';

/**
 * Random instructions on a few matrices [rows, columns], of which each may be scaled line by line, moved along others
 * and a product, or read in between; some of them are as a rule for traces has them.
 */
function randomInstructions(choices: readonly number[]): (assembler: Assembler) => Buffer[] {
  return (assembler) => {
    let at = 0;
    const pick = (below: number) => choices[at++ % choices.length] % below;
    const dtype = pick(2) === 0 ? 'float64' : 'float32';
    const [rows, columns] = [
      [5, 3],
      [4, 4],
      [7, 1],
      [2, 18],
    ][pick(4)];
    const size = rows * columns;
    const fresh = (length: number) => assembler.buffer(dtype, length);
    const matrices = [0, 1, 2, 3].map(() => fresh(size));
    const [byRow, byColumn] = [rows, columns].map((length) => [0, 1, 2, 3].map(() => fresh(length)));
    const scalars = [
      fresh(1),
      assembler.scalar(dtype, 1),
      assembler.scalar(dtype, 1),
      assembler.scalar(dtype, -0.5),
    ];
    const kept = [...matrices, ...byRow, ...byColumn, scalars[0]];
    const one = <T>(all: readonly T[]) => all[pick(all.length)];
    const scaled = (x: Buffer, isByColumns: boolean) => {
      const out = fresh(size);
      const [factors, whole] = [one(isByColumns ? byColumn : byRow), { buffer: x, stride: columns }];
      const by = { buffer: factors, stride: isByColumns ? 0 : 1 };
      const operands = isByColumns && pick(2) === 0 ? [by, whole] : [whole, by];
      assembler.instructions.push(...repeat(out, rows, isByColumns ? 'mul' : 'muls', operands, [columns]));
      // Now and then it is read twice, or kept.
      if (pick(16) === 0) assembler.emit('add', dtype, one(matrices), out, one(matrices), size);
      if (pick(16) === 0) kept.push(out);
      return out;
    };
    const emit = (
      operation: 'copy' | 'add' | 'axpby' | 'axpbypcz' | 'rank1' | 'rank1two',
      ...operands: Buffer[]
    ) => {
      const sizes = operation.startsWith('rank1') ? [rows, columns] : [size];
      assembler.emit(operation, dtype, ...operands, ...sizes);
    };
    const product = () => [one(scalars), one(byRow), one(byColumn)];

    /** A matrix along one or two traces, and the traces; now and then something comes in between. */
    function move(): void {
      const [w, ...traces] = matrices.slice(pick(2), 3 + pick(2));
      const along = pick(8) === 0 ? [traces[0], traces[0]] : traces.slice(0, 1 + pick(2));
      const isByColumns = pick(2) === 0;
      const disturb = () => {
        if (pick(4) === 0) step();
      };
      const right = one(byColumn);
      const [u, hasProduct] = [one(byRow), pick(3) > 0];
      const parts = along.map((trace) => scaled(trace, isByColumns));
      disturb();
      const carried = along.map(() => along.map((trace) => scaled(trace, isByColumns)));
      disturb();
      const unit = scalars[1];
      const [first, ...more] = parts.map((part) => [one(scalars), part]);
      if (hasProduct) {
        emit('rank1two', w, unit, w, ...first, one(scalars), u, right);
        for (const part of more) {
          disturb();
          emit('axpby', w, unit, w, ...part);
        }
      } else emit(more.length > 0 ? 'axpbypcz' : 'axpby', w, unit, w, ...first, ...more.flat());
      disturb();
      along.forEach((trace, i) => {
        const [a, b] = carried[i];
        const end = [one(scalars), one(byRow), pick(8) === 0 ? one(byColumn) : right];
        if (hasProduct && b !== undefined) emit('rank1two', trace, unit, a, unit, b, ...end);
        else if (hasProduct) emit('rank1', trace, unit, a, ...end);
        else if (b !== undefined) emit('add', trace, a, b);
        else emit('copy', trace, a);
        disturb();
      });
    }

    function step(): void {
      const [x, y] = [one(matrices), one(matrices)];
      switch (pick(6)) {
        case 0:
          emit('axpby', x, one(scalars), x, one(scalars), scaled(y, pick(2) === 0));
          break;
        case 1:
          emit('rank1', x, one(scalars), scaled(y, pick(2) === 0), ...product());
          break;
        case 2:
          emit(
            'rank1two',
            x,
            one(scalars),
            y,
            one(scalars),
            scaled(one(matrices), pick(2) === 0),
            ...product(),
          );
          break;
        case 3: {
          const [rowsOf, columnsOf] = [one(byRow), one(byColumn)];
          assembler.emit('matvec', dtype, rowsOf, x, columnsOf, rows, columns, 0);
          break;
        }
        case 4:
          assembler.emit('sum', dtype, scalars[0], x, 1, size, 1);
          assembler.emit('tanh', dtype, scalars[0], scalars[0], 1);
          break;
        default: {
          const kind = pick(2) === 0;
          const [a, b] = [scaled(x, kind), scaled(y, kind)];
          emit('add', one(matrices), a, b);
        }
      }
    }

    for (let line = 0; line < 3 + pick(6); line++) {
      if (pick(3) === 0) step();
      else move();
      // Numbers stay of one size.
      for (const matrix of matrices) assembler.emit('tanh', dtype, matrix, matrix, size);
    }
    return kept;
  };
}

describe('traces', () => {
  it('write the same bytes in one pass as one by one', () => {
    const seen = { lines: 0, traces: 0, two: 0 };
    fc.assert(
      fc.property(fc.array(fc.nat(9999), { minLength: 300, maxLength: 300 }), (choices) => {
        const write = randomInstructions(choices);
        const apart = bytesAfter(write, (own) => own);
        const together = bytesAfter(write, (own, uses, assembler) =>
          fuseTraces(fuseLines(own, uses, assembler), uses, assembler),
        );
        for (const { operation, operands } of together.instructions) {
          if (operation === 'lines') seen.lines++;
          if (operation === 'traces') seen.traces++;
          if (operation === 'traces' && operands[2] !== 0) seen.two++;
        }
        if (together.bytes.some((byte, i) => byte !== apart.bytes[i])) throw new Error('other bytes');
      }),
      { seed: 1, numRuns: size(75, 150) },
    );
    expect(seen.lines).to.be.above(size(75, 150));
    expect(seen.traces).to.be.above(size(30, 60));
    expect(seen.two).to.be.above(size(12, 25));
  });
});
