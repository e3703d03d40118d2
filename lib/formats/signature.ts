import { DataError } from '../errors.ts';
import { bytes as aBytes, argument } from '../guard/index.ts';

/** A kind of file recognisable by its first bytes. @internal */
export interface Signature {
  /** Completes "it is …", with an article. */
  readonly name: string;
  /** How to get its content as text, as an imperative; undefined if it has none. */
  readonly remedy?: string;
  /** The first bytes, as Latin-1; `.` is any byte. */
  readonly begins: string;
}

const archive = 'unpack it';
const table = 'export it as CSV';
const decompress = 'decompress it';

/** Longer signatures come before shorter ones that they contain. */
const signatures: readonly Signature[] = [
  { name: 'a gzip file', begins: '\x1f\x8b\x08', remedy: 'decompress it with gzip -d' },
  {
    name: 'a zip archive, as .npz, .pt, .xlsx and .docx are',
    begins: 'PK\x03\x04',
    remedy: 'unpack it, or export it as CSV',
  },
  { name: 'an empty zip archive', begins: 'PK\x05\x06' },
  { name: 'a zstd file', begins: '\x28\xb5\x2f\xfd', remedy: 'decompress it with zstd -d' },
  { name: 'an xz file', begins: '\xfd7zXZ\x00', remedy: 'decompress it with xz -d' },
  { name: 'a bzip2 file', begins: 'BZh.1AY&SY', remedy: 'decompress it with bzip2 -d' },
  { name: 'an lz4 file', begins: '\x04\x22\x4d\x18', remedy: 'decompress it with lz4 -d' },
  { name: 'a 7-Zip archive', begins: '7z\xbc\xaf\x27\x1c', remedy: archive },
  { name: 'a RAR archive', begins: 'Rar!\x1a\x07', remedy: archive },
  { name: 'a snappy file', begins: '\xff\x06\x00\x00sNaPpY', remedy: decompress },
  { name: 'a Parquet file', begins: 'PAR1\x15', remedy: table },
  { name: 'an Arrow (Feather) file', begins: 'ARROW1\x00\x00', remedy: table },
  { name: 'an Avro file', begins: 'Obj\x01', remedy: table },
  { name: 'an HDF5 file', begins: '\x89HDF\r\n\x1a\n', remedy: table },
  { name: 'a MATLAB file', begins: 'MATLAB 5.0 MAT-file', remedy: table },
  { name: 'a SQLite database', begins: 'SQLite format 3\x00', remedy: table },
  { name: 'a NumPy .npy file', begins: '\x93NUMPY', remedy: 'write it as CSV with numpy.savetxt' },
  { name: 'an old Excel or Word document', begins: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', remedy: table },
  { name: 'a PDF document', begins: '%PDF-', remedy: 'extract its text, as with pdftotext' },
  { name: 'a rich text (RTF) document', begins: '{\\rtf', remedy: 'save it as plain text' },
  { name: 'a PNG image', begins: '\x89PNG\r\n\x1a\n' },
  { name: 'a JPEG image', begins: '\xff\xd8\xff' },
  { name: 'a GIF image', begins: 'GIF8.a' },
  { name: 'a TIFF image', begins: 'II*\x00' },
  { name: 'a TIFF image', begins: 'MM\x00*' },
  { name: 'a WebP image', begins: 'RIFF....WEBP' },
  { name: 'a WAV recording', begins: 'RIFF....WAVE' },
  { name: 'an Ogg recording', begins: 'OggS\x00' },
  { name: 'a FLAC recording', begins: 'fLaC\x00' },
  { name: 'an MP3 recording', begins: 'ID3.\x00' },
  { name: 'a program', begins: '\x7fELF' },
  { name: 'a WebAssembly module', begins: '\x00asm' },
  { name: 'a pickle of Python', begins: '\x80.\x95' },
  { name: 'a pickle of Python', begins: '\x80\x02' },
];

/** Enough bytes to tell every signature. @internal */
export const longestSignature = Math.max(...signatures.map(({ begins }) => begins.length));

/** The kind of file that starts with these bytes; undefined for others, such as text. @internal */
export function signatureOf(bytes: Uint8Array): Signature | undefined {
  argument('signatureOf', 'bytes', bytes, aBytes, DataError);
  return signatures.find((signature) => fits(bytes, signature, signature.begins.length));
}

/** Whether these bytes could be the start of a signature, given more bytes. @internal */
export function mayBeSignature(bytes: Uint8Array): boolean {
  argument('mayBeSignature', 'bytes', bytes, aBytes, DataError);
  return signatures.some(
    (signature) => bytes.length < signature.begins.length && fits(bytes, signature, bytes.length),
  );
}

function fits(bytes: Uint8Array, { begins }: Signature, length: number): boolean {
  if (bytes.length < length) return false;
  for (let i = 0; i < length; i++) if (begins[i] !== '.' && begins.charCodeAt(i) !== bytes[i]) return false;
  return true;
}
