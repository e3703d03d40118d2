import { expect } from 'chai';
import { longestSignature, mayBeSignature, signatureOf } from '../../../lib/index.ts';
import { bytesOf, concatBytes } from './mutations.ts';

const kinds = [
  ['\x1f\x8b\x08', 'a gzip file'],
  ['PK\x03\x04', 'a zip archive'],
  ['\x28\xb5\x2f\xfd', 'a zstd file'],
  ['\xfd7zXZ\0', 'an xz file'],
  ['BZh91AY&SY', 'a bzip2 file'],
  ['PAR1\x15', 'a Parquet file'],
  ['ARROW1\0\0', 'an Arrow'],
  ['SQLite format 3\0', 'a SQLite database'],
  ['%PDF-1.7', 'a PDF document'],
  ['\x89PNG\r\n\x1a\n', 'a PNG image'],
  ['\xff\xd8\xff\xe0', 'a JPEG image'],
  ['GIF89a', 'a GIF image'],
  ['RIFF1234WAVE', 'a WAV recording'],
  ['\x93NUMPY', 'a NumPy .npy file'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'an old Excel or Word document'],
] as const;

describe('signatures of files', () => {
  it('are recognised by the first bytes, and not by fewer', () => {
    for (const [begins, name] of kinds) {
      const file = concatBytes(bytesOf(begins), new Uint8Array(40));
      expect(signatureOf(file)?.name, name).to.satisfy((found: string) => found.startsWith(name));
      let told = 0;
      while (signatureOf(file.subarray(0, told)) === undefined) {
        expect(mayBeSignature(file.subarray(0, told)), `${name}, ${told} bytes`).to.equal(true);
        told++;
      }
      expect(told).to.be.within(2, longestSignature);
    }
  });

  it('do not match texts', () => {
    for (const text of [
      'a,b\n1,2\n',
      'PAR1,PAR2\n',
      'ORC,ELF\n',
      'Obj,x\n',
      'RIFF is a word',
      '{"a": 1}',
      '\ufeffa',
      'GIF8x',
      'ID3,x',
    ]) {
      const bytes = new TextEncoder().encode(text);
      expect(signatureOf(bytes), text).to.equal(undefined);
      expect(
        mayBeSignature(bytes.subarray(0, longestSignature)) && bytes.length >= longestSignature,
        text,
      ).to.equal(false);
    }
    expect(signatureOf(new Uint8Array(0))).to.equal(undefined);
  });
});
