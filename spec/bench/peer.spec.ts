import { expect } from 'chai';
import { startNative, startPython } from '../../bench/peer.ts';

describe('the peers of npm run bench -- libraries', () => {
  const { PYTHON, CC } = process.env;
  before(() => Object.assign(process.env, { PYTHON: 'no-such-python', CC: 'no-such-compiler' }));
  after(() => {
    for (const [name, value] of Object.entries({ PYTHON, CC }))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });

  it('are a sentence where there is no Python, or no compiler', async () => {
    expect(await startPython('numpy_learn.py', 'problem.json')).to.equal(
      'There is no no-such-python here; set PYTHON to one that has JAX, PyTorch or NumPy.',
    );
    expect(await startNative('uoro.c', 'problem.json', 'no-such-folder')).to.equal(
      'There is no no-such-compiler here that compiles bench/native, so C is not timed; set CC to one that does.',
    );
  });
});
