import { expect } from 'chai';
import type { Primitive } from '../../autodiff/primitive.ts';
import { add } from '../../autodiff/primitives/add.ts';
import * as constant from '../../autodiff/primitives/constant.ts';
import { div } from '../../autodiff/primitives/div.ts';
import { globalNorm } from '../../autodiff/primitives/globalNorm.ts';
import * as indexed from '../../autodiff/primitives/indexed.ts';
import * as linear from '../../autodiff/primitives/linear.ts';
import { matmul } from '../../autodiff/primitives/matmul.ts';
import { mul } from '../../autodiff/primitives/mul.ts';
import * as smooth from '../../autodiff/primitives/smooth.ts';
import { together } from '../../autodiff/table/batch.ts';
import { rowOf } from '../../autodiff/table/index.ts';
import { elementwise } from '../../autodiff/table/reach.ts';
import { type Row, rule } from '../../autodiff/table/row.ts';

const builtIn: readonly Primitive[] = [
  ...[add, div, mul, matmul, globalNorm],
  ...[constant, indexed, linear, smooth].flatMap((all): Primitive[] => Object.values(all)),
];

describe('the table of primitives', () => {
  it('has a row for each that is built in, by identity and not by name', () => {
    expect(builtIn).to.have.length.above(30);
    for (const primitive of builtIn) expect(rowOf(primitive), primitive.name).to.not.equal(undefined);
    expect(rowOf({ ...smooth.tanh })).to.equal(undefined);
  });

  it('gives each column the parameters that the primitive declares', () => {
    const rest: Pick<Row<{ readonly order: readonly number[] }>, 'reaches' | 'batch'> = {
      reaches: elementwise,
      batch: together,
    };
    const orders: number[] = [];
    const [, row] = rule(linear.permute, {
      ...rest,
      lower(_plan, _operands, { order }) {
        orders.push(...order);
        return undefined;
      },
    });
    row.lower({} as never, [], { order: [1, 0] }, {} as never);
    expect(orders).to.deep.equal([1, 0]);
    rule(linear.permute, {
      ...rest,
      // @ts-expect-error permute has no parameter of this name.
      lower: (_plan, _operands, { ordre }) => ordre,
    });
    rule(linear.slice, {
      reaches: elementwise,
      // @ts-expect-error `begin` is a list, one entry an axis.
      lower: (_plan, _operands, { begin }): undefined => void (begin - 1),
      batch: together,
    });
    // @ts-expect-error A row without a column that every primitive needs.
    rule(linear.reshape, { lower: () => undefined, reaches: elementwise });
  });
});
