import { expect } from 'chai';
import { DataError } from '../../../lib/index.ts';
import { running, runningMixer } from '../../../trainers/experts/common/running.ts';
import type { Plain } from '../../../trainers/experts/common/tables.ts';
import {
  lagCount,
  type NumberExpert,
  type NumberQuestion,
  numberExperts,
  numberMixer,
  seasonCount,
} from '../../../trainers/experts/index.ts';
import { draws } from '../../support/draws.ts';

/** The question before each value after the first, as a session asks it. */
function questionsOf(
  values: readonly number[],
  season?: number,
  inputs: readonly number[] = [],
): NumberQuestion[] {
  return values.slice(1).map((_, i) => {
    const known = values.slice(0, i + 1);
    const mean = known.reduce((a, b) => a + b) / known.length;
    const deviation =
      Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length) || 1;
    const changes = known.slice(1).map((value, k) => value - known[k]);
    const ago = season === undefined ? -1 : i + 1 - season;
    return {
      lags: Array.from({ length: lagCount }, (_, k) => known[Math.max(0, i - k)]),
      seasons: Array.from({ length: seasonCount }, (_, k) =>
        k > 0 || ago < 1 ? null : { value: values[ago], change: values[ago] - values[ago - 1] },
      ),
      mean,
      deviation,
      size: Math.sqrt(changes.reduce((sum, change) => sum + change ** 2, 0) / Math.max(1, changes.length)),
      ahead: 1,
      isSameRow: false,
      inputs,
    };
  });
}

function errorsOf<S>(
  expert: NumberExpert<S>,
  values: readonly number[],
  questions: readonly NumberQuestion[],
): number[] {
  let state = expert.init();
  return questions.map((question, i) => {
    const before = JSON.stringify(state);
    const prediction = expert.predict(state, question);
    expect(JSON.stringify(state), `${expert.name} predicts without a change`).to.equal(before);
    state = expert.update(state, question, values[i + 1]);
    expect(Number.isFinite(prediction)).to.equal(true);
    return prediction - values[i + 1];
  });
}

const { persistence, mean, seasonal, drift, smoothing, lags, linear } = numberExperts;
const all: readonly NumberExpert[] = [persistence, mean, seasonal, drift, smoothing, lags, linear(0)];

describe('trainers/experts: experts for numbers', () => {
  it('predict the latest value, the mean, and the value and the change of a season ago', () => {
    const values = [3, 5, 10, 4, 6, 12, 5];
    const questions = questionsOf(values, 3);
    const last = questions[questions.length - 1];
    expect(persistence.predict(persistence.init(), last)).to.equal(12);
    expect(mean.predict(mean.init(), last)).to.be.closeTo(40 / 6, 1e-12);
    expect(seasonal.predict(seasonal.init(), last)).to.equal(4);
    expect(drift.predict(drift.init(), last)).to.equal(12 + (4 - 10));
  });

  it('predict the latest value at first, and take constants and leaps', () => {
    for (const values of [new Array<number>(30).fill(7), [1, 1, 1, 1e90, -1e90, 1e90, 3, 3, 3, 0]])
      for (const expert of all) errorsOf(expert, values, questionsOf(values, 3));
    for (const expert of all)
      expect(expert.predict(expert.init(), questionsOf([2, 4])[0]), expert.name).to.equal(2);
  });

  it('smooth with the rate that does best', () => {
    const next = draws(1);
    const noisy = Array.from({ length: 400 }, () => 100 + next());
    const square = (errors: readonly number[]) =>
      errors.slice(200).reduce((sum, error) => sum + error ** 2, 0);
    const questions = questionsOf(noisy);
    expect(square(errorsOf(smoothing, noisy, questions))).to.be.below(
      0.65 * square(errorsOf(persistence, noisy, questions)),
    );
    const levels = Array.from({ length: 400 }, (_, i) => 10 * i);
    const own = square(errorsOf(smoothing, levels, questionsOf(levels)));
    const naive = square(errorsOf(persistence, levels, questionsOf(levels)));
    expect(own).to.be.below(4 * naive);
  });

  it('learn a linear recurrence, and what depends on other inputs', () => {
    const values = Array.from({ length: 300 }, (_, i) => 5 * Math.sin(i / 2) + 3 * Math.sin(i / 5));
    for (const expert of [lags, linear(0)])
      for (const error of errorsOf(expert, values, questionsOf(values)).slice(200))
        expect(Math.abs(error)).to.be.below(0.8);
    const next = draws(2);
    const causes = Array.from({ length: 301 }, () => 2 * next() - 1);
    const led = causes.map((_, i) => (i === 0 ? 0 : 4 * causes[i - 1]));
    const questions = questionsOf(led).map((question, i) => ({ ...question, inputs: [causes[i]] }));
    for (const error of errorsOf(linear(1), led, questions).slice(200))
      expect(Math.abs(error)).to.be.below(0.8);
  });

  it('of the same row start from the mean, and need no latest value', () => {
    const next = draws(3);
    let state = linear(1).init();
    const ask = (input: number): NumberQuestion => ({
      ...questionsOf([0, 0])[0],
      lags: [],
      deviation: 2,
      mean: 10,
      size: 0,
      isSameRow: true,
      inputs: [input],
    });
    expect(linear(1).predict(state, ask(1))).to.equal(10);
    for (let i = 0; i < 200; i++) {
      const input = 2 * next() - 1;
      state = linear(1).update(state, ask(input), 10 + 3 * input);
    }
    expect(linear(1).predict(state, ask(0.5))).to.be.closeTo(11.5, 0.2);
  });

  it('count the first targets in one unit, however small it seemed when they came', () => {
    const learnt = (units: (i: number) => number) => {
      const next = draws(5);
      const ask = (input: number, deviation: number): NumberQuestion => ({
        ...questionsOf([0, 0])[0],
        lags: [],
        deviation,
        isSameRow: true,
        inputs: [input],
      });
      const model = running(linear(1), undefined);
      for (let i = 0; i < 40; i++) {
        const input = 2 * next() - 1;
        model.update(ask(input, units(i)), 3 * input);
      }
      return model.predict(ask(1, units(40)));
    };
    expect(learnt((i) => 0.4 + i)).to.be.closeTo(
      learnt(() => 1),
      1e-9,
    );
  });

  it('resume states of earlier versions, which had no unit', () => {
    const values = Array.from({ length: 80 }, (_, i) => Math.sin(i) + i / 10);
    const questions = questionsOf(values);
    const model = running(lags, undefined);
    for (const [i, question] of questions.slice(0, -1).entries()) model.update(question, values[i + 1]);
    const { examples, unit, ...earlier } = model.save() as Readonly<Record<string, Plain>>;
    expect([examples, unit]).to.deep.equal([50, 0]);
    const [last] = questions.slice(-1);
    expect(running(lags, earlier).predict(last)).to.equal(model.predict(last));
    for (const wrong of [
      { ...earlier, examples: 51, unit: 0 },
      { ...earlier, examples: 20, unit: 0 },
      { ...earlier, examples: 20, unit: -1 },
    ])
      expect(() => running(lags, wrong)).to.throw(DataError);
  });
});

describe('trainers/experts: a combination of numbers', () => {
  it('is the weighted median at first, and then the mean by weight, within reach of the median', () => {
    const mixer = numberMixer(3);
    let mixture = mixer.init();
    expect(mixer.combine(mixture, [1, 2, 6])).to.equal(2);
    for (let i = 0; i < 50; i++)
      mixture = mixer.update(mixture, [0, 0.5, 1e9], mixer.combine(mixture, [0, 0.5, 1e9]), i % 2);
    expect(mixer.combine(mixture, [0, 0.5, 1e9])).to.be.within(0, 2);
  });

  /** Combines predictions over a stream; the mean squared error of the combination, then of each expert. */
  function errorsOf(
    count: number,
    records: Iterable<{ readonly answer: number; readonly predictions: readonly number[] }>,
  ): number[] {
    const mixer = numberMixer(count);
    let mixture = mixer.init();
    const sums = new Array<number>(count + 1).fill(0);
    let all = 0;
    for (const { answer, predictions } of records) {
      const combined = mixer.combine(mixture, predictions);
      for (const [k, prediction] of [combined, ...predictions].entries())
        sums[k] += (prediction - answer) ** 2;
      mixture = mixer.update(mixture, predictions, combined, answer);
      mixer.check(mixture);
      all++;
    }
    return sums.map((sum) => sum / all);
  }

  it('comes near the best weighted mean of its experts, which is better than each', () => {
    const next = draws(3);
    const [combined, first, second] = errorsOf(
      3,
      Array.from({ length: 4000 }, () => {
        const [a, b, answer] = [next() - 0.5, next() - 0.5, 10 * next()];
        return { answer, predictions: [answer + a, answer + b, answer + 3] };
      }),
    );
    // The mean of both has half the error of either.
    expect(combined).to.be.below(0.55 * Math.min(first, second));
  });

  it('is not slowed down for good by rare large errors of one expert', () => {
    const next = draws(8);
    const [combined, best] = errorsOf(
      2,
      Array.from({ length: 6000 }, (_, t) => ({
        answer: 0,
        predictions: [0.1 * (next() - 0.5), t < 1000 && t % 50 === 0 ? 3 : 0.3 * (next() - 0.5)],
      })),
    );
    expect(combined).to.be.below(1.05 * best);
  });

  it('loses little to the best of its experts, whatever the answers: also those farthest from the combination', () => {
    for (const seed of [1, 2, 3]) {
      const next = draws(seed);
      const mixer = numberMixer(4);
      let mixture = mixer.init();
      const sums = [0, 0, 0, 0, 0];
      for (let t = 0; t < 3000; t++) {
        const predictions = [0, 1, 2, 3].map((k) => (k === 0 ? 0.2 : 1) * (next() - 0.5));
        const combined = mixer.combine(mixture, predictions);
        const answer = combined > 0 ? -0.5 : 0.5;
        for (const [k, prediction] of [combined, ...predictions].entries())
          sums[k] += (prediction - answer) ** 2;
        mixture = mixer.update(mixture, predictions, combined, answer);
      }
      expect(sums[0]).to.be.below(1.1 * Math.min(...sums.slice(1)));
    }
  });

  it('resumes the weights of earlier versions, which combined by fixed share', () => {
    const mixer = numberMixer(2);
    const earlier = {
      share: { weights: [0.8, 0.2], rate: 0.5, gap: 1, worst: 2 },
      errors: 7,
      unit: 0.25,
    };
    const resumed = runningMixer(mixer, earlier);
    resumed.weights().forEach((weight, i) => {
      expect(weight).to.be.closeTo([0.8, 0.2][i], 1e-12);
    });
    expect(resumed.combine([1, 2])).to.be.closeTo(1.2, 1e-12);
    resumed.update([1, 2], 1.2, 1);
    expect(runningMixer(mixer, resumed.save()).weights()).to.deep.equal(resumed.weights());
  });

  it('refuses a state to which no answers can have led', () => {
    const mixer = numberMixer(2);
    const good = { gains: [0, 0], squares: [4, 1], largest: [1, 1], errors: 3, unit: 1 };
    mixer.check?.(good);
    for (const wrong of [
      { squares: [-1, 1] },
      { largest: [3, 1] },
      { gains: [1e9, 0] },
      { unit: 0 },
      { errors: 0 },
    ])
      expect(() => mixer.check?.({ ...good, ...wrong })).to.throw(DataError);
  });

  it('comes close to the best of its experts, on drifting data too', () => {
    const next = draws(6);
    const mixer = numberMixer(3);
    let mixture = mixer.init();
    const losses = [0, 0, 0, 0];
    for (let i = 0; i < 2000; i++) {
      const answer = next() - 0.5;
      const predictions = [answer + next(), i < 1000 ? 0 : 3, i < 1000 ? -3 : 0];
      const combined = mixer.combine(mixture, predictions);
      for (const [k, prediction] of [...predictions, combined].entries())
        losses[k] += (prediction - answer) ** 2;
      mixture = mixer.update(mixture, predictions, combined, answer);
    }
    expect(losses[3]).to.be.below(0.55 * Math.min(...losses.slice(0, 3)));
  });
});
