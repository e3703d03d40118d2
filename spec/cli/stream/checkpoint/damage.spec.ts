import { expect } from 'chai';
import { decodeCheckpoint } from '../../../../cli/stream/checkpoint/checkpoint.ts';
import { DataError } from '../../../../lib/index.ts';
import { randomWords } from '../../../support/randomWords.ts';
import { size } from '../../../support/size.ts';
import { bytesAfter, characters, tiny } from '../../sessions.ts';
import { regionsOf } from './regions.ts';

const letters = Array.from('abcabba', (letter) => letter.charCodeAt(0));

describe('cli/stream: a checkpoint', () => {
  it('is refused with any one byte changed, and cut off anywhere', function () {
    this.timeout(300_000);
    const bytes = bytesAfter(letters, { ...tiny, data: characters });
    expect(decodeCheckpoint(bytes).position.records).to.equal(letters.length);
    const words = randomWords(9);
    const regions = regionsOf(bytes);
    expect([...regions.keys()]).to.include.members([
      'parameters.readout.w',
      'moments.v.cell.reset.u',
      'gradient.readout.b',
    ]);
    let covered = 0;
    for (const [name, [begin, end]] of regions) {
      covered += end - begin;
      for (let at = begin; at < end; at++) {
        if (at > begin && at % size(61, 1) > 0) continue;
        const damaged = bytes.slice();
        damaged[at] ^= 1 << (words.next().value % 8);
        expect(() => decodeCheckpoint(damaged), `${name}, byte ${at}`).to.throw(DataError, /^[^\n]+$/);
        if (at === begin || at % size(122, 9) === 0)
          expect(() => decodeCheckpoint(bytes.subarray(0, at)), `${at} bytes`).to.throw(
            DataError,
            /^[^\n]+$/,
          );
      }
    }
    expect(covered).to.equal(bytes.length);
    expect(() => decodeCheckpoint(Uint8Array.of(...bytes, 0))).to.throw(DataError);
  });
});
