import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { compile, mul } from '../../../autodiff/index.ts';
import {
  ConfigurationError,
  DataError,
  readSafetensors,
  readSafetensorsMetadata,
  type Tensor,
  tensor,
  wasm,
  writeSafetensors,
} from '../../../lib/index.ts';
import { linear, meanSquare, model, rnn } from '../../../nn/index.ts';
import { createLearner, restoreLearner, rtrl, sgd } from '../../../trainers/index.ts';
import { checksumOf } from '../../../trainers/learner/checkpoint/checksum.ts';
import { runsSources } from '../../support/project.ts';
import { size } from '../../support/size.ts';

type Choice = boolean | 'auto' | undefined;

const config = (relaxedSimd?: Choice, dtype: 'float32' | 'float64' = 'float32') => ({
  model: model({ cell: rnn({ inputs: 1, units: 2 }), readout: linear({ outputs: 1 }) }),
  loss: meanSquare,
  estimator: rtrl(),
  optimizer: sgd({ rate: 0.1 }),
  dtype,
  ...(relaxedSimd === undefined ? {} : { relaxedSimd }),
});

/** A checkpoint whose description of the learner's parts is changed. */
function changed(bytes: Uint8Array, change: (identity: Record<string, unknown>) => void): Uint8Array {
  const metadata = readSafetensorsMetadata(bytes);
  const tensors = readSafetensors(bytes);
  const learner = JSON.parse(metadata.learner);
  change(learner.identity);
  const text = JSON.stringify(learner);
  return writeSafetensors(tensors, { ...metadata, learner: text, checksum: checksumOf(text, tensors) });
}

const identityIn = (bytes: Uint8Array) => JSON.parse(readSafetensorsMetadata(bytes).learner).identity;

describe('the choice of kernels', () => {
  it('auto is relaxed SIMD for float32 where the engine has it, and is settled when a learner is made', () => {
    const has = wasm.hasRelaxedSimd();
    expect(createLearner(config('auto')).config.relaxedSimd).to.equal(has);
    expect(createLearner(config('auto', 'float64')).config.relaxedSimd).to.equal(false);
    expect(createLearner(config()).config).not.to.have.property('relaxedSimd');
    expect(wasm.resolveRelaxedSimd('auto', ['float32', 'int32'])).to.equal(has);
    expect(wasm.resolveRelaxedSimd('auto', ['float32', 'float64'])).to.equal(false);
    for (const choice of [true, false]) expect(wasm.resolveRelaxedSimd(choice, ['float64'])).to.equal(choice);
    expect(compile((x: Tensor) => mul(x, x), { relaxedSimd: 'auto' })(tensor([3])).toArray()).to.deep.equal([
      9,
    ]);
  });

  it('is refused in a sentence when it is another', () => {
    const wrong = ['yes', 1, null, 'strict'] as unknown as true[];
    const says = /^(createLearner|compile): relaxedSimd must be true, false or 'auto'/;
    for (const choice of wrong) {
      expect(() => createLearner(config(choice))).to.throw(ConfigurationError, says);
      expect(() => compile((x: Tensor) => x, { relaxedSimd: choice })).to.throw(ConfigurationError, says);
    }
  });

  describe('in a checkpoint', () => {
    const learner = createLearner(config(false));
    learner.step(tensor([1]), tensor([0.5]));
    const strict = learner.save();
    const relaxed = changed(strict, (identity) => {
      identity.relaxedSimd = true;
    });
    const unsaid = changed(strict, (identity) => {
      delete identity.relaxedSimd;
    });

    it('is what was used', () => {
      expect(identityIn(strict).relaxedSimd).to.equal(false);
      expect(learner.toJSON().relaxedSimd).to.equal(false);
      expect(identityIn(createLearner(config()).save()).relaxedSimd).to.equal(false);
      expect(identityIn(createLearner(config('auto')).save()).relaxedSimd).to.equal(wasm.hasRelaxedSimd());
    });

    it('is taken over by auto, and another is refused', () => {
      for (const choice of [undefined, false, 'auto'] as const)
        expect([...restoreLearner(config(choice), strict).save()]).to.deep.equal([...strict]);
      expect(restoreLearner(config('auto'), strict).config.relaxedSimd).to.equal(false);
      expect(() => restoreLearner(config(true), strict)).to.throw(
        DataError,
        /^checkpoint: its relaxedSimd is false, the given one is true, and the digits would change; pass false, or 'auto'/,
      );
      for (const choice of [undefined, false])
        expect(() => restoreLearner(config(choice), relaxed)).to.throw(
          DataError,
          /^checkpoint: its relaxedSimd is true, the given one is false/,
        );
      for (const choice of [true, 'auto'] as const)
        if (wasm.hasRelaxedSimd())
          expect(restoreLearner(config(choice), relaxed).config.relaxedSimd).to.equal(true);
        else
          expect(() => restoreLearner(config(choice), relaxed)).to.throw(
            DataError,
            /^checkpoint: it was learnt with relaxed SIMD, which this platform does not have; resume it with Node 22/,
          );
    });

    it('may be missing in an older one, and must otherwise be true or false', () => {
      for (const choice of [undefined, false, 'auto'] as const)
        expect(restoreLearner(config(choice), unsaid).steps).to.equal(1);
      for (const wrong of ['auto', 1, null])
        expect(() =>
          restoreLearner(
            config(),
            changed(strict, (identity) => {
              identity.relaxedSimd = wrong;
            }),
          ),
        ).to.throw(DataError, /^checkpoint: its relaxedSimd is .*, which is neither true nor false$/);
    });
  });

  // Four processes.
  if (size(false, true))
    it('is that of the platform, with the same numbers up to rounding, and resumes bit for bit', () => {
      type Learnt = { used?: boolean; losses: number[]; saved: string; after: number[] };
      const script = fileURLToPath(new URL('./relaxed.ts', import.meta.url));
      const run = (flags: readonly string[], ...args: string[]): Record<string, Learnt> => {
        const all = [...flags, ...runsSources, script, ...args];
        return JSON.parse(spawnSync(process.execPath, all, { encoding: 'utf8' }).stdout);
      };
      const isOld = Number.parseInt(process.versions.node, 10) < 22;
      const flags = isOld ? ['--experimental-wasm-relaxed-simd'] : [];
      const able = run(flags);
      expect([able.omitted.used, able.strict.used, able.relaxed.used, able.auto.used]).to.deep.equal([
        undefined,
        false,
        true,
        true,
      ]);
      expect(able.omitted.losses).to.deep.equal(able.strict.losses);
      expect(able.auto).to.deep.equal(able.relaxed);
      expect(able.relaxed.losses).not.to.deep.equal(able.strict.losses);
      for (const [i, loss] of able.relaxed.losses.entries())
        expect(loss).to.be.closeTo(able.strict.losses[i], 1e-3);
      const resumed = run(flags, able.auto.saved);
      for (const name of ['auto', 'relaxed'])
        expect(resumed[name]).to.deep.equal({ used: true, after: able.auto.after });
      if (!isOld) return;
      const unable = run([]);
      expect(unable.auto).to.deep.equal(able.strict);
      expect(unable.relaxed).to.match(
        /^ConfigurationError: relaxedSimd: this platform does not have it; .*--experimental-wasm-relaxed-simd/,
      );
      const moved = run([], able.auto.saved);
      for (const name of ['auto', 'relaxed'])
        expect(moved[name]).to.match(/^DataError: checkpoint: .*--experimental-wasm-relaxed-simd$/);
    });
});
