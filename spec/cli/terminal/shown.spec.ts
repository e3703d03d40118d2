import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { escapeHtml } from '../../../cli/report/html.ts';
import { drawChart, inColorOf } from '../../../cli/terminal/chart.ts';
import { writable } from '../../../cli/terminal/output.ts';
import { createScreen, type Line } from '../../../cli/terminal/screen.ts';
import { shown, shownText } from '../../../cli/terminal/shown.ts';
import { formatTable } from '../../../cli/terminal/table.ts';
import { frame } from '../../../cli/watch/clients.ts';
import { root } from '../../support/project.ts';

/**
 * The characters that must not reach a terminal, as ranges of code points, written independently of the
 * pattern under test.
 */
const dangerous: readonly (readonly [first: number, last: number, what: string])[] = [
  [0x00, 0x1f, 'C0, with ESC, BEL, backspace and the line ends'],
  [0x7f, 0x9f, 'DEL, C1: CSI, OSC, DCS in one character'],
  [0xad, 0xad, 'soft hyphen'],
  [0x034f, 0x034f, 'grapheme joiner'],
  [0x061c, 0x061c, 'Arabic letter mark'],
  [0x115f, 0x1160, 'Hangul fillers'],
  [0x180e, 0x180e, 'Mongolian vowel separator'],
  [0x200b, 0x200f, 'zero width, and marks of direction'],
  [0x2028, 0x202e, 'separators of lines, embeddings and overrides of direction'],
  [0x2060, 0x206f, 'joiners, isolates'],
  [0x3164, 0x3164, 'Hangul filler'],
  [0xd800, 0xdfff, 'halves of pairs'],
  [0xfeff, 0xfeff, 'byte-order mark'],
  [0xfff9, 0xfffb, 'interlinear annotations'],
  [0xe0000, 0xe007f, 'tags'],
];
const isDangerous = (character: string) => {
  const code = character.codePointAt(0) ?? 0;
  return dangerous.some(([first, last]) => code >= first && code <= last);
};
const unit = fc.oneof(
  fc.constantFrom(...dangerous).chain(([first, last]) => fc.integer({ min: first, max: last })),
  fc.integer({ min: 0x20, max: 0x7e }),
  fc.constantFrom(0xe9, 0x4e2d, 0x1f43b, 0x0633, 0x5c, 0xfe0f),
);
const hostile = fc.array(unit).map((codes) => codes.map((code) => String.fromCodePoint(code)).join(''));
const runs = { seed: 1, numRuns: 400 };

describe('cli/terminal: shown text', () => {
  it('escapes every character that a terminal obeys or hides, and no other', () => {
    for (const [first, last, what] of dangerous)
      for (let code = first; code <= last; code++) {
        const character = String.fromCodePoint(code);
        expect([...shown(`a${character}b`)].some(isDangerous), `${what}: ${code.toString(16)}`).to.equal(
          false,
        );
        expect(shown(character)).to.match(/^(\\[nrt]|(\\u[\da-f]{4}){1,2})$/);
      }
    expect(shown('a\u001b[31m\u009b2J\u202eb')).to.equal('a\\u001b[31m\\u009b2J\\u202eb');
    expect(shown('\u{e0041}\n\t\r')).to.equal('\\udb40\\udc41\\n\\t\\r');
    for (const text of ['naïve café 日本語 🐻❤️ سلام עברית Ω \\ "', 'e\u0301', ' ']) {
      expect(shown(text)).to.equal(text);
      expect(shownText(text)).to.equal(text);
    }
    expect(shownText('a\n\tb\r\u0000')).to.equal('a\n\tb\\r\\u0000');
  });

  it('keeps JSON valid and equal', () => {
    fc.assert(
      fc.property(fc.dictionary(hostile, hostile), (value) => {
        expect(JSON.parse(shownText(JSON.stringify(value)))).to.deep.equal(value);
      }),
      runs,
    );
  });

  /** The text written to a terminal, without norewind's own codes. */
  function screenOf(use: (screen: ReturnType<typeof createScreen>) => void, isTTY = true): string {
    let written = '';
    const write = (text: string | Uint8Array) => {
      written += text;
      return true;
    };
    use(createScreen({ write, isTTY, columns: 200, rows: 50 }));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
    return written.replace(/\r(\u001b\[\d+A)?\u001b\[J|\u001b\[(36|33|0)m/g, '');
  }

  const doors: Readonly<Record<string, (text: string) => string>> = {
    'a sentence on standard error': (text) => screenOf(({ tell }) => tell(text)),
    'the same in a file': (text) => screenOf(({ tell }) => tell(text), false),
    'a picture': (text) =>
      screenOf(({ draw }) => {
        const points = [
          [1, 2],
          [2, 1],
        ] as const;
        const lines: Line[] = [
          text,
          [inColorOf(0, text), { text }],
          ...drawChart([points], 40, 4, [{ text }, inColorOf(1, text)]),
        ];
        draw(lines);
        draw([text]);
      }),
    'standard output of a terminal': (text) => String(writable({ isTTY: true })(text)),
    'bytes there': (text) => String(writable({ isTTY: true })(new TextEncoder().encode(text))),
    'a table': (text) => formatTable([text, text], [[text, text]]),
    'a report': (text) => escapeHtml(text),
    'an event of the live page': (text) =>
      JSON.parse(/data: (.*)/.exec(frame('end', { sentence: text }))?.[1] ?? '').sentence,
  };

  for (const [name, write] of Object.entries(doors))
    it(`escapes: ${name}`, () => {
      fc.assert(
        fc.property(hostile, (text) => {
          const kept = name.endsWith('page') ? '\n\t\r' : '\n\t';
          const got = [...write(text)].filter((character) => !kept.includes(character));
          expect(got.filter(isDangerous), JSON.stringify(text)).to.deep.equal([]);
        }),
        runs,
      );
    });

  it('is one line for a sentence or a cell', () => {
    expect(screenOf(({ tell }) => tell('a\nb\rc'))).to.equal('a\\nb\\rc\n');
    expect(formatTable(['x'], [['a\nb']]).split('\n')).to.have.length(3);
  });

  it('leaves standard output unchanged to the byte if it is not a terminal', () => {
    const write = writable({});
    const bytes = Uint8Array.of(0xff, 0x1b, 0x9b);
    expect(write(bytes)).to.equal(bytes);
    expect(write('\u001b\u202e')).to.equal('\u001b\u202e');
  });

  it('joins a character that comes in pieces', () => {
    const write = writable({ isTTY: true });
    expect(
      [...new TextEncoder().encode('é\u009b🐻')].map((byte) => write(Uint8Array.of(byte))).join(''),
    ).to.equal('é\\u009b🐻');
  });

  it('is the only way to a terminal: no other file names its streams', () => {
    const folder = join(root, 'cli');
    const naming = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/^(watch\/browser|starter)\//.test(name))
      .filter((name) => /process\.(stdout|stderr)|\bconsole\./.test(readFileSync(join(folder, name), 'utf8')))
      .sort();
    expect(naming).to.deep.equal(['terminal/output.ts', 'terminal/screen.ts', 'training/stop.ts']);
    // That one listens to errors alone.
    expect(readFileSync(join(folder, 'training/stop.ts'), 'utf8')).not.to.include('.write(');
  });
});
