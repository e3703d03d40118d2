import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { openSources } from '../../../../cli/stream/input/openSources.ts';
import { readRows } from '../../../../cli/stream/input/readData.ts';
import type { Source } from '../../../../trainers/streams/reading/source.ts';
import { readSymbols } from '../../../../trainers/streams/reading/symbolReader.ts';
import { size } from '../../../support/size.ts';
import { rows } from '../../sessions.ts';
import { endless, readOn } from './endless.ts';

/** The size of what a small file unpacks to, in bytes. */
const inside = size(3e6, 32e6);
/** One record of the greatest length, and what is made of a piece, several times over. */
const most = 24 * 2 ** 20;

describe('cli/stream: data that never end what they begin', () => {
  for (const each of endless.filter((_, i) => size(i % 2 === 0, true)))
    it(`${each.name}: every character is looked at once, and little is held`, async () => {
      for (const [total, pieceSize] of [
        ...size([], [[3e6, 2 ** 16]]),
        // A reader that looks at all that it holds for each of forty thousand pieces does not come to an end.
        // Data of one record must exceed the longest one.
        [each.entries === undefined ? 1.2e6 : size(0.3e6, 1.2e6), size(4096, 32)],
      ]) {
        const { entries, sentence, growth } = await readOn(each, total, pieceSize);
        expect(growth).to.be.below(most);
        if (each.entries === undefined)
          expect(sentence).to.match(
            /^data(, line \d+: [^\n]* is longer than 1048576 characters| has no header)/,
          );
        else {
          expect(sentence).to.equal(undefined);
          expect(entries).to.be.at.least(Math.floor(total / Buffer.byteLength(each.part)) * each.entries);
        }
      }
    });

  describe('gzip files that are small', () => {
    let folder: string;
    before(() => {
      folder = realpathSync(mkdtempSync(join(tmpdir(), 'norewind bombs ')));
      writeFileSync(join(folder, 'zeros.gz'), gzipSync(new Uint8Array(inside)));
      writeFileSync(
        join(folder, 'lines.csv'),
        gzipSync(Buffer.concat([Buffer.from('a,k\n'), Buffer.alloc(inside, '\n')])),
      );
      writeFileSync(
        join(folder, 'members.csv'),
        Buffer.concat(Array.from({ length: 3000 }, () => gzipSync('\n'))),
      );
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it('and large inside are read as they come, and no faster', async () => {
      const [first] = openSources([join(folder, 'zeros.gz')]).sources as Source[];
      let symbols = 0;
      let largest = 0;
      for await (const batch of readSymbols([first], { kind: 'text', unit: 'byte', symbols: 256 })) {
        symbols += batch.length;
        largest = Math.max(largest, batch.length);
      }
      expect(symbols).to.equal(inside);
      expect(largest).to.be.at.most(2 ** 16);
      const outcome = async (name: string) => {
        let entries = 0;
        try {
          for await (const batch of readRows(openSources([join(folder, name)]).sources, rows))
            entries += batch.length;
        } catch (error) {
          return (error as Error).message.replace(folder, '');
        }
        return entries;
      };
      expect(await outcome('lines.csv')).to.equal(0);
      expect(await outcome('zeros.gz')).to.equal(
        '/zeros.gz, line 1: the record is longer than 1048576 characters; is a quote not closed?',
      );
      expect(await outcome('members.csv')).to.equal(
        '/members.csv has no header: its first row has to name the columns',
      );
    });
  });
});
