import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { load } from '../cli/check/load.ts';
import { subjectsOf } from '../cli/check/subjects.ts';
import { rtrl } from '../trainers/norewind.ts';
import { compileFiles, createProject, filesBelow, root, userOptions } from './support/project.ts';
import { size } from './support/size.ts';

const unbiased = 'has the mean ∂s/∂θ, and the gradient of the loss: small';
const moving = 'has that mean along a prescribed trajectory of moving parameters: small';

/** For each lab, the laws that its page names: those that fail, and the one that only the last lab breaks. */
const labs: Readonly<Record<string, string>> = {
  '1-dual-number': 'has a push equal to central differences',
  '2-rtrl': unbiased,
  '3-rank-one': unbiased,
  '4-uoro': unbiased,
  '5-moving-parameters': moving,
};

const course = join(root, 'docs', 'course');

/** The laws of a file, as `norewind check` has them. */
async function lawsOf(file: string) {
  const loaded = await load(join(course, file));
  const [{ subject }, ...others] = subjectsOf(file, loaded);
  expect(others).to.deep.equal([]);
  const laws = Object.entries(loaded.testing.lawsOf(subject).laws);
  return laws.map(([law, check]) => ({ law, judge: () => loaded.testing.judge(law, check) }));
}

describe('the course', () => {
  it('has a page, a file and a solution for each lab, and no others', () => {
    const files = Object.keys(labs).flatMap((lab) => [`${lab}.md`, `labs/${lab}.ts`, `solutions/${lab}.ts`]);
    expect(filesBelow(course).sort()).to.deep.equal([...files, 'index.md'].sort());
  });

  for (const [lab, named] of Object.entries(labs)) {
    it(`${lab}: the law that the page names fails, with the sentence of the page`, async () => {
      const laws = await lawsOf(join('labs', `${lab}.ts`));
      const failing = laws.find(({ law }) => law === named)?.judge();
      expect(failing?.result).to.equal('fails');
      const page = readFileSync(join(course, `${lab}.md`), 'utf8');
      expect(page).to.contain(`  fails: ${named}\n    ${failing?.sentence}\n`);
    });

    it(`${lab}: the solution satisfies the law${size('', ', and all others')}`, async () => {
      const laws = await lawsOf(join('solutions', `${lab}.ts`));
      const judged = laws.filter(({ law }) => size(law === named, true)).map(({ judge }) => judge());
      expect(judged).to.have.length.above(0);
      expect(judged.filter(({ result }) => result !== 'holds')).to.deep.equal([]);
    });
  }

  for (const lab of size([], Object.keys(labs)))
    it(`${lab}: as many laws fail as the table says`, async () => {
      const results = (await lawsOf(join('labs', `${lab}.ts`))).map(({ judge }) => judge().result);
      const failing = results.filter((result) => result !== 'holds').length;
      const table = readFileSync(join(course, 'index.md'), 'utf8');
      expect(table).to.contain(`(${lab}.md) | ${failing} of ${results.length} |`);
    });

  it('says how many laws the solutions satisfy, and that one with a bias is held to fewer', async () => {
    const counts = await Promise.all(
      Object.keys(labs).map(async (lab) => (await lawsOf(join('solutions', `${lab}.ts`))).length),
    );
    const all = counts.reduce((sum, count) => sum + count);
    expect(readFileSync(join(course, 'index.md'), 'utf8')).to.contain(`: ${all} of the five labs together`);
    const { testing } = await load(join(course, 'solutions', '2-rtrl.ts'));
    const honest = testing.lawsOf({ ...rtrl(), bias: 'truncated' }).laws;
    expect(Object.keys(testing.lawsOf(rtrl()).laws)).to.include.members(Object.keys(honest));
    expect(Object.keys(honest)).to.have.length.below(17);
  });

  it('5-moving-parameters: what fails with moving parameters holds with fixed ones', async () => {
    const laws = await lawsOf('labs/5-moving-parameters.ts');
    expect(laws.find(({ law }) => law === unbiased)?.judge().result).to.equal('holds');
  });

  for (const title of size([], ['compiles, for editors']))
    it(title, () => {
      const project = createProject();
      try {
        project.link('norewind', root);
        project.link('@types/node');
        const files = Object.keys(labs).flatMap((lab) =>
          ['labs', 'solutions'].map((folder) =>
            project.write(`${folder}/${lab}.ts`, readFileSync(join(course, folder, `${lab}.ts`))),
          ),
        );
        expect(compileFiles(files, { ...userOptions, noEmit: true }, project.folder)).to.deep.equal([]);
      } finally {
        project.dispose();
      }
    });
});
