import type { Contestant } from '../contestant.ts';
import type { Problem } from '../problem.ts';
import { Code, type Place } from './code.ts';

/**
 * UORO with plain gradient descent for the tanh RNN, as an expert would write it for this one cell on the same kernels:
 *
 * - W h and W s̃ in one pass; no product with the transposed recurrent weights, since <δs, s̃> = <δs', J s̃>;
 * - θ̃ only for what can influence the state, input weights and biases in one run of memory, so that one dot gives its norm
 *   and one pass serves them both;
 * - one-hot inputs and outputs as rows, the softmax's error in the buffer of its exponentials.
 */
export function handUoroRnn({ leaves, units, symbols, rate }: Problem): Contestant {
  const code = new Code();
  const table = symbols * units;
  const square = units * units;
  // b, w and u one after the other, and θ̃ in the same layout.
  const size = units + table + square;
  const [weights, tangent] = [code.place(size), code.place(size)];
  const partsOf = (whole: Place) => [
    code.part(whole, 0, units),
    code.part(whole, units, table),
    code.part(whole, units + table, square),
  ];
  const [[b, w, u], [tb, tw, tu]] = [partsOf(weights), partsOf(tangent)];
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

  code.emit('gather', row, w, input, 1, units);
  code.emit('matvec2', next, pushed, u, h, s, units, units);
  code.emit('axpbypcz', next, one, row, one, next, one, b, units);
  code.emit('tanh', next, next, units);
  code.emit('square', slope, next, units);
  code.emit('muls', slope, slope, minus, units);
  code.emit('adds', slope, slope, one, units);
  code.emit('mul', pushed, pushed, slope, units);
  code.emit('mul', n, signs, slope, units);

  code.emit('matvec', error, out, next, symbols, units, 0);
  code.emit('add', error, error, bias, symbols);
  code.emit('max', top, error, 1, symbols, 1);
  code.emit('mul', x, top, minus, 1);
  code.emit('adds', error, error, x, symbols);
  code.emit('gather', loss, error, target, 1, 1);
  code.emit('exp', error, error, symbols);
  code.emit('sum', sum, error, 1, symbols, 1);
  code.emit('log', x, sum, 1);
  code.emit('sub', loss, x, loss, 1);
  code.emit('reciprocal', x, sum, 1);
  code.emit('muls', error, error, x, symbols);
  code.emit('rowadd', error, minus, one, target, 1);
  code.emit('matvect', cotangent, out, error, symbols, units, 0);
  code.emit('mul', d, cotangent, slope, units);
  code.emit('dot', along, cotangent, pushed, units);

  // ρ0 = √((|θ̃|+ε)/(|Js̃|+ε)), ρ1 = √((|I|+ε)/(√units+ε)), |I|² = |n|² (2 + |h|²).
  code.emit('dot', x, tangent, tangent, size);
  code.emit('sqrt', x, x, 1);
  code.emit('add', x, x, epsilon, 1);
  code.emit('dot', y, pushed, pushed, units);
  code.emit('sqrt', y, y, 1);
  code.emit('add', y, y, epsilon, 1);
  code.emit('reciprocal', y, y, 1);
  code.emit('mul', x, x, y, 1);
  code.emit('sqrt', rho0, x, 1);
  code.emit('dot', x, n, n, units);
  code.emit('dot', y, h, h, units);
  code.emit('add', y, y, two, 1);
  code.emit('mul', x, x, y, 1);
  code.emit('sqrt', x, x, 1);
  code.emit('add', x, x, epsilon, 1);
  code.emit('mul', x, x, norm1, 1);
  code.emit('sqrt', rho1, x, 1);
  code.emit('reciprocal', keep, rho0, 1);
  code.emit('reciprocal', share, rho1, 1);

  code.emit('mul', along, along, descent, 1);
  code.emit('axpby', weights, one, weights, along, tangent, units + table);
  code.emit('rowadd', w, descent, d, input, units);
  code.emit('axpby', b, one, b, descent, d, units);
  code.emit('rank1two', u, one, u, along, tu, descent, d, h, units, units);
  code.emit('muls', tangent, tangent, keep, units + table);
  code.emit('rowadd', tw, share, n, input, units);
  code.emit('axpby', tb, one, tb, share, n, units);
  code.emit('rank1', tu, keep, tu, share, n, h, units, units);
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
