import { expect } from 'chai';
import { ConfigurationError, pathsOf, ShapeError, seeded, type Tensor, tensor } from '../../lib/index.ts';
import { gru, linear, lstm, model, rnn, stacked } from '../../nn/index.ts';
import { describeCell } from '../../trainers/testing/index.ts';
import { numbersOf } from '../../trainers/testing/numbers.ts';

describe('stacks of cells', () => {
  const cells = [
    gru({ inputs: 3, units: 4 }),
    rnn({ inputs: 4, units: 2 }),
    lstm({ inputs: 2, units: 5 }),
  ] as const;

  it('feed each cell with the output below it, and give the top or all outputs', () => {
    const [top, all] = [stacked(cells), stacked(cells, { output: 'all' })];
    expect([top.name, top.outputs, all.outputs]).to.deep.equal(['gru+rnn+lstm', 5, 11]);
    const parameters = top.init(seeded(2));
    expect(pathsOf(parameters).map(({ path }) => path)).to.include.members([
      '[0].reset.w',
      '[1].u',
      '[2].forget.b',
    ]);
    let [state, whole] = [top.start(), all.start()];
    let [first, second, third] = [cells[0].start(), cells[1].start(), cells[2].start()];
    const noise = seeded(3);
    for (let t = 0; t < 3; t++) {
      const x = noise.normal([3]);
      const one = cells[0].step(parameters[0], first, x);
      const two = cells[1].step(parameters[1], second, one.output);
      const three = cells[2].step(parameters[2], third, two.output);
      [first, second, third] = [one.state, two.state, three.state];
      const [ofTop, ofAll] = [top.step(parameters, state, x), all.step(parameters, whole, x)];
      [state, whole] = [ofTop.state, ofAll.state];
      expect(numbersOf(ofTop.output)).to.deep.equal(numbersOf(three.output));
      expect(numbersOf(ofAll.output)).to.deep.equal(
        [one, two, three].flatMap(({ output }) => numbersOf(output)),
      );
      expect(numbersOf(state)).to.deep.equal([first, second, third].flatMap(numbersOf));
      expect(numbersOf(whole)).to.deep.equal(numbersOf(state));
    }
  });

  it('take the input of their first cell, and size a readout', () => {
    const cell = stacked([lstm({ inputs: 5, units: 2 }), rnn({ inputs: 2, units: 3 })], { output: 'all' });
    const whole = model({ cell, readout: linear({ outputs: 5 }) });
    const parameters = whole.init(seeded(1));
    expect(parameters.readout.w.shape).to.deep.equal([5, 5]);
    expect(whole.step(parameters, whole.start(), 4).output.shape).to.deep.equal([5]);
    const nested = stacked([cell, rnn({ inputs: 5, units: 2 })]);
    expect(nested.step(nested.init(seeded(1)), nested.start(), 4).output.shape).to.deep.equal([2]);
  });

  it('are refused without cells, and where the sizes do not fit', () => {
    for (const [make, message] of [
      [() => stacked([] as never), 'stacked: cells must be a list of cells'],
      [() => stacked([rnn] as never), 'stacked: cells must be a list of cells'],
      [() => stacked(cells, { output: 'last' as never }), 'stacked: output must be top or all'],
    ] as const)
      expect(make).to.throw(ConfigurationError, message);
    const wrong = stacked([rnn({ inputs: 1, units: 2 }), rnn({ inputs: 3, units: 2 })]);
    expect(() => wrong.step(wrong.init(seeded(1)), wrong.start(), tensor([1]))).to.throw(ShapeError);
  });

  describeCell({
    name: 'a stack of two, all of whose layers are seen',
    cell: stacked([rnn({ inputs: 2, units: 2 }), rnn({ inputs: 2, units: 1 })], { output: 'all' }),
    input: (noise): Tensor => noise.normal([2]),
  });
});
