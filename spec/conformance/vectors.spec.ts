import { expect } from 'chai';
import { LawError } from '../../trainers/testing/index.ts';
import { size } from '../support/size.ts';
import { casesOf } from './cases.ts';
import { requireVectors } from './compare.ts';
import { impostors } from './impostors.ts';
import { problems } from './problems.ts';
import { type Ran, run } from './run.ts';
import { readVectors, vectorsOf } from './vectors.ts';

describe('the vectors for other implementations', () => {
  for (const problem of problems) {
    const vectors = readVectors(problem);

    it(`${problem.cell}: are what norewind computes today; npm run vectors writes them anew`, () => {
      const { tolerance, ...own } = vectorsOf(problem);
      const { tolerance: kept, ...right } = vectors;
      expect(kept).to.equal(tolerance);
      requireVectors(problem.cell, own, right, tolerance / 10);
    });

    it(`${problem.cell}: differ from case to case, but where two estimators are one`, () => {
      const seen = new Map<string, string>();
      for (const { name, updates, parameters } of vectors.cases) {
        const key = JSON.stringify(parameters ?? updates.map(({ gradient }) => gradient));
        const same = seen.get(key);
        if (same !== undefined)
          expect(`${same}, ${name}`).to.equal('snap n 1 pairing exact, own_unit_traces');
        seen.set(key, name);
      }
    });
  }

  for (const [i, impostor] of impostors.entries()) {
    const { fault, estimator, rate, signs } = impostor;
    const fitting = problems.filter((problem) => casesOf(problem).some((own) => impostor.appliesTo(problem, own)));
    for (const problem of size([fitting[i % fitting.length]], fitting))
      it(`${problem.cell}: reject ${fault}`, () => {
        const vectors = readVectors(problem);
        for (const [at, own] of casesOf(problem).entries()) {
          if (!impostor.appliesTo(problem, own)) continue;
          const expected = vectors.cases[at];
          const made = run(
            impostor.problem?.(problem) ?? problem,
            { ...own, rate: rate?.(own.rate) ?? own.rate },
            estimator?.() ?? own.make(),
            signs?.(expected.signs) ?? expected.signs,
          );
          expect(
            () => requireVectors(own.name, resultOf(made), resultOf(expected), vectors.tolerance),
            own.name,
          ).to.throw(LawError);
        }
      });
  }
});

const resultOf = ({ updates, parameters }: Ran) => ({ updates, ...(parameters && { parameters }) });
