import { expect } from 'chai';
import { DataError } from '../../../lib/index.ts';
import { createTally } from '../../../trainers/evaluation/tally.ts';
import { createNormalizer } from '../../../trainers/streams/targets/normalizer.ts';
import { createVocabulary } from '../../../trainers/streams/targets/vocabulary.ts';

const says = /^the checkpoint does not hold what it should: /;

describe('trainers/streams: tally', () => {
  it('has the mean of all scores and of the latest ones', () => {
    const tally = createTally(3);
    expect([tally.count, tally.mean, tally.recent()]).to.deep.equal([0, 0, 0]);
    tally.add(6);
    expect([tally.count, tally.mean, tally.recent()]).to.deep.equal([1, 6, 6]);
    for (const score of [0, 3, 9]) tally.add(score);
    expect([tally.count, tally.mean]).to.deep.equal([4, 4.5]);
    expect(tally.recent()).to.be.closeTo(4, 1e-12);
  });

  it('resumes from its saved state', () => {
    const whole = createTally(3);
    let parts = createTally(3);
    for (const score of [1, 5, 2, 8, 3, 3, 7]) {
      whole.add(score);
      parts.add(score);
      expect(parts.save().latest).to.have.length(Math.min(parts.count, 3));
      parts = createTally(3, JSON.parse(JSON.stringify(parts.save())));
      expect([parts.count, parts.mean, parts.recent()]).to.deep.equal([
        whole.count,
        whole.mean,
        whole.recent(),
      ]);
    }
  });

  it('refuses what no tally saved', () => {
    const good = { count: 2, mean: 1, latest: [1, 1] };
    expect(createTally(3, good).recent()).to.equal(1);
    for (const part of [
      { count: -1 },
      { count: 1.5 },
      { count: 3 },
      { mean: null },
      { mean: '1' },
      { latest: [1] },
      { latest: [1, null] },
    ])
      expect(() => createTally(3, { ...good, ...part } as never), JSON.stringify(part)).to.throw(
        DataError,
        says,
      );
    expect(() => createTally(1, good)).to.throw(DataError, /the list of scores has 2 entries, not 1$/);
    expect(() => createTally(3, { ...good, count: -1 })).to.throw(
      /a number of scores -1 is not a whole number below/,
    );
    expect(() => createTally(3, { ...good, mean: Number.POSITIVE_INFINITY })).to.throw(
      /a score null is not a number from/,
    );
  });
});

describe('trainers/streams: normalizer', () => {
  it('brings values to mean 0 and deviation 1, and back', () => {
    const normalizer = createNormalizer();
    for (const value of [2, 4, 4, 4, 5, 5, 7, 9]) normalizer.add(value);
    expect([normalizer.count, normalizer.mean]).to.deep.equal([8, 5]);
    expect(normalizer.deviation).to.be.closeTo(2, 1e-12);
    expect(normalizer.normalize(8)).to.be.closeTo(1.5, 1e-12);
    expect(normalizer.denormalize(-1.5)).to.be.closeTo(2, 1e-12);
  });

  it('cuts what is far off, on both sides, and takes 1 for no deviation', () => {
    const normalizer = createNormalizer();
    expect([normalizer.deviation, normalizer.normalize(3), normalizer.denormalize(3)]).to.deep.equal([
      1, 3, 3,
    ]);
    for (const value of [5, 5]) normalizer.add(value);
    expect([
      normalizer.deviation,
      normalizer.normalize(7),
      normalizer.normalize(50),
      normalizer.normalize(-50),
    ]).to.deep.equal([1, 2, 10, -10]);
  });

  it('is not moved by one value that is far off, once there is a scale', () => {
    const [wild, calm] = [createNormalizer(), createNormalizer()];
    for (let i = 0; i < 2000; i++) {
      wild.add(i === 500 ? 1e12 : 10 + Math.sin(i));
      calm.add(10 + Math.sin(i));
    }
    expect(wild.mean).to.be.closeTo(calm.mean, 0.01);
    expect(wild.deviation / calm.deviation).to.be.closeTo(1, 0.05);
    expect(wild.count).to.equal(2000);
  });

  it('takes the first values as they come, and follows a new level within a part of what came before', () => {
    const early = createNormalizer();
    for (let i = 0; i < 20; i++) early.add(i === 19 ? 1e6 : 0);
    expect(early.mean).to.be.closeTo(5e4, 1e-6);
    for (const [level, part] of [
      [1e3, 1 / 8],
      [1e6, 1 / 3],
    ]) {
      const normalizer = createNormalizer();
      for (let i = 0; i < 1000; i++) normalizer.add(Math.sin(i));
      let needed = 0;
      for (; normalizer.normalize(level) === 10; needed++) normalizer.add(level);
      expect(needed / 1000).to.be.within(part / 2, part);
    }
  });

  it('resumes from its saved state, and refuses an invalid one', () => {
    const normalizer = createNormalizer();
    for (const value of [1, 2, 6]) normalizer.add(value);
    const saved = normalizer.save();
    expect(saved.count).to.equal(3);
    expect(createNormalizer(saved).save()).to.deep.equal(saved);
    expect(() => createNormalizer({ ...saved, count: -1 })).to.throw(
      DataError,
      /a number of values -1 is not a whole/,
    );
    expect(() => createNormalizer({ ...saved, mean: 2e100 })).to.throw(
      DataError,
      /a mean 2e\+100 is not a number/,
    );
    expect(() => createNormalizer({ ...saved, squares: 'x' as never })).to.throw(
      DataError,
      /a sum of squares "x" is not a number/,
    );
    expect(createNormalizer({ ...saved, mean: -1e100, squares: 1e200 }).mean).to.equal(-1e100);
  });
});

describe('trainers/streams: vocabulary', () => {
  it('assigns indices in order, the last one for all others', () => {
    const vocabulary = createVocabulary<string>(3);
    expect(['a', 'b', 'a', 'c', 'd'].map(vocabulary.add)).to.deep.equal([0, 1, 0, 2, 2]);
    expect(['a', 'b', 'c', 'z'].map(vocabulary.indexOf)).to.deep.equal([0, 1, 2, 2]);
    expect([0, 1, 2, 3].map(vocabulary.entryAt)).to.deep.equal(['a', 'b', undefined, undefined]);
    expect(vocabulary.save()).to.deep.equal(['a', 'b']);
    expect(createVocabulary(4, vocabulary.save()).add('c')).to.equal(2);
  });

  it('looks up without taking in, and has no room for others when it is closed', () => {
    const open = createVocabulary<number>(4);
    expect([open.indexOf(7), open.save().length]).to.deep.equal([3, 0]);
    const closed = createVocabulary(2, [5, 6], true);
    expect([closed.add(6), closed.indexOf(5)]).to.deep.equal([1, 0]);
    expect(() => closed.add(7)).to.throw(DataError, '7 is not in the vocabulary');
    expect(() => closed.indexOf(7)).to.throw(DataError, '7 is not in the vocabulary');
  });

  it('refuses more entries than it has room for, and one twice', () => {
    expect(createVocabulary(3, ['a', 'b']).add('c')).to.equal(2);
    for (const saved of [
      ['a', 'b', 'c'],
      ['a', 'a'],
    ])
      expect(() => createVocabulary(3, saved)).to.throw(
        DataError,
        /a vocabulary has (3 entries, not 0 to 2|one of its entries twice)$/,
      );
  });
});
