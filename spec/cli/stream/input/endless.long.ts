import '../../../support/long.ts';
import './endless.spec.ts';
import { expect } from 'chai';
import { endless, readOn } from './endless.ts';

describe('cli/stream: 100 MB that never end what they begin', () => {
  for (const each of endless)
    it(each.name, async function () {
      this.timeout(300_000);
      const { entries, sentence, growth } = await readOn(each, 1e8, 2 ** 16);
      expect(growth).to.be.below(24 * 2 ** 20);
      expect(sentence === undefined).to.equal(each.entries !== undefined);
      expect(entries).to.be.at.least(Math.floor(1e8 / Buffer.byteLength(each.part)) * (each.entries ?? 0));
    });
});
