import type { Contestant } from '../contestant.ts';
import type { Problem } from '../problem.ts';
import { Code } from './code.ts';

/**
 * UORO with plain gradient descent for the tanh RNN, written by hand for this cell on the same kernels:
 *
 * - W h and W s̃ in one pass; no product with the transposed recurrent weights, since <δs, s̃> = <δs', J s̃>;
 * - θ̃ only for what can influence the state, updated in one pass with the weights that also yields the next
 * norm;
 * - one-hot inputs and outputs as rows, the softmax's error in the buffer of its exponentials.
 */
export function handUoroRnn({ leaves, units, symbols, rate }: Problem): Contestant {
  const code = new Code();
  const table = symbols * units;
  const square = units * units;
  const [b, w, u, tb, tw, tu] = [units, table, square, units, table, square].map((size) => code.place(size));
  const [out, bias] = [code.place(table), code.place(symbols)];
  const vector = () => code.place(units);
  const [h, s, signs, row, next, pushed, slope, cotangent, d, n] = [
    vector(),
    vector(),
    vector(),
    vector(),
    vector(),
    vector(),
    vector(),
    vector(),
    vector(),
    vector(),
  ];
  const error = code.place(symbols);
  const scalar = () => code.place(1);
  const [input, target, loss, sum, top, along] = [scalar(), scalar(), scalar(), scalar(), scalar(), scalar()];
  const constant = (value: number) => code.constant(value);
  const [one, minus, two, epsilon] = [constant(1), constant(-1), constant(2), constant(1e-5)];
  const [descent, norm1] = [constant(-rate), constant(1 / (Math.sqrt(units) + 1e-5))];
  const [keep, share, rho0, rho1, x, y] = [scalar(), scalar(), scalar(), scalar(), scalar(), scalar()];
  const [normB, normW, normU] = [scalar(), scalar(), scalar()];

  code.emit('gather', row, w, input, 1, units);
  code.emit('matvec2', next, pushed, u, h, s, units, units);
  code.emit('axpbypcz', next, one, row, one, next, one, b, units);
  code.emit('tanh', next, next, units);
  code.emit('square', slope, next, units);
  code.emit('axpb', slope, minus, slope, one, units);
  code.emit('mul', pushed, pushed, slope, units);
  code.emit('mul', n, signs, slope, units);

  code.emit('matvec', error, out, next, symbols, units, 0);
  code.emit('add', error, error, bias, symbols);
  code.emit('max', top, error, 1, symbols, 1);
  code.emit('mul1', x, top, minus);
  code.emit('adds', error, error, x, symbols);
  code.emit('gather', loss, error, target, 1, 1);
  code.emit('exp', error, error, symbols);
  code.emit('sum', sum, error, 1, symbols, 1);
  code.emit('log', x, sum, 1);
  code.emit('sub', loss, x, loss, 1);
  code.emit('reciprocal1', x, sum);
  code.emit('muls', error, error, x, symbols);
  code.emit('rowadd', error, minus, one, target, 1);
  code.emit('matvect', cotangent, out, error, symbols, units, 0);
  code.emit('mul', d, cotangent, slope, units);
  code.emit('dot', along, cotangent, pushed, units);

  // ρ0 = √((|θ̃|+ε)/(|Js̃|+ε)), ρ1 = √((|I|+ε)/(√units+ε)), |I|² = |n|² (2 + |h|²).
  code.emit('add1', x, normW, normU);
  code.emit('add1', x, x, normB);
  code.emit('sqrt1', x, x);
  code.emit('add1', x, x, epsilon);
  code.emit('dot', y, pushed, pushed, units);
  code.emit('sqrt1', y, y);
  code.emit('add1', y, y, epsilon);
  code.emit('reciprocal1', y, y);
  code.emit('mul1', x, x, y);
  code.emit('sqrt1', rho0, x);
  code.emit('dot', x, n, n, units);
  code.emit('dot', y, h, h, units);
  code.emit('add1', y, y, two);
  code.emit('mul1', x, x, y);
  code.emit('sqrt1', x, x);
  code.emit('add1', x, x, epsilon);
  code.emit('mul1', x, x, norm1);
  code.emit('sqrt1', rho1, x);
  code.emit('reciprocal1', keep, rho0);
  code.emit('reciprocal1', share, rho1);

  code.emit('mul1', along, along, descent);
  code.emit(
    'rank1pair',
    w,
    tw,
    normW,
    one,
    along,
    descent,
    input,
    d,
    keep,
    share,
    input,
    n,
    symbols,
    units,
    1,
  );
  code.emit('rank1pair', u, tu, normU, one, along, descent, d, h, keep, share, n, h, units, units, 0);
  code.emit('rank1pair', b, tb, normB, one, along, descent, one, d, keep, share, one, n, 1, units, 0);
  code.emit('rank1', out, one, out, descent, error, next, symbols, units);
  code.emit('axpby', bias, one, bias, descent, error, symbols);
  code.emit('axpby', s, rho0, pushed, rho1, signs, units);
  code.emit('copy', h, next, units);

  const { run, floats, integers } = code.load();
  const learnt = [w, u, b, out, bias];
  leaves.forEach((leaf, i) => {
    floats(learnt[i]).set(leaf);
  });
  const [draws, own] = [floats(signs), floats(loss)];
  const [read, wanted] = [integers(input), integers(target)];
  return {
    name: 'hand-fused on the same kernels',
    step(symbol, following, flips) {
      read[0] = symbol;
      wanted[0] = following;
      draws.set(flips);
      run();
      return own[0];
    },
    parameters: () => learnt.map((place) => floats(place).slice()),
  };
}
