import { type CellSubject, cellLaws } from '../../../trainers/testing/index.ts';
import { describeLaws } from '../../../trainers/testing/mocha.ts';
import { size } from '../../support/size.ts';

/**
 * The laws of a cell whose like is described whole beside it. The law over every sequence of signs, which takes
 * longest, is left to the long size: what it needs of a cell, its pushes and pulls, the others check too.
 */
export function describeRelated<P, S, X>(subject: CellSubject<P, S, X> & { readonly name: string }): void {
  const laws = Object.entries(cellLaws(subject));
  describeLaws(
    subject.name,
    Object.fromEntries(laws.filter(([law]) => size(!law.includes('sequence of signs'), true))),
  );
}
