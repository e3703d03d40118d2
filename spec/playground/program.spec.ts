import { deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { examples } from '../../docs/playground/program/examples.ts';
import { packed, unpacked } from '../../docs/playground/program/link.ts';
import { programOf } from '../../docs/playground/program/source.ts';

const written = (source: string) => programOf(source, (file) => `${file}.js`);
const moduleOf = (source: string): string => {
  const own = written(source);
  if ('sentence' in own) throw new Error(own.sentence);
  return own.module;
};

describe('playground: a program', () => {
  it('keeps its lines when its types are taken out, and leads its imports to built files', () => {
    const source = [
      "import { type Tensor, tensor } from 'norewind/lib';",
      "import type { Cell } from 'norewind/nn';",
      "export * from 'norewind/autodiff';",
      'interface Pair<T> {',
      '  readonly left: T;',
      '}',
      'type Both = Pair<number> & { right?: Cell<unknown, unknown, Tensor> };',
      'enum Kind { Odd, Even }',
      'const pair = { left: 1 } satisfies Both;',
      'function twice(x: number): number;',
      'function twice<T extends number>(x: T): number { return 2 * x!; }',
      'class Point { readonly x?: number; constructor(private y = 3) {} }',
      'console.log(tensor([twice(pair.left as number)]), Kind.Odd, new Point());',
    ].join('\n');
    const lines = moduleOf(source).split('\n');
    expect(lines).to.have.length(source.split('\n').length + 2);
    expect(lines[0]).to.equal('import { end as $end } from "program.js"; import { tensor } from "lib.js";');
    expect(lines[2]).to.equal('export * from "autodiff.js";');
    expect(lines.slice(3, 7).join('').trim()).to.equal('');
    expect(lines[12]).to.equal('console.log(tensor([twice(pair.left )]), Kind.Odd, new Point());');
    expect(lines[13]).to.equal(';$end();');
  });

  it('is refused at the line of its fault, within arrow functions and types as well', () => {
    const refusals: readonly (readonly [string, string])[] = [
      ['const f = (a: number) => {\n  const b = [a;\n};', 'line 2: unexpected token'],
      ['const f = (a: number): Array<number => {\n};', 'line 1: unexpected token'],
      ["const a = 'open", 'line 1: unterminated string constant'],
      ['let a = 1;\nlet a = 2;', "line 2: identifier 'a' has already been declared"],
      ['const f = () => {\n  await 1;\n};', "line 2: cannot use keyword 'await'"],
      [
        "import x from 'norewind/runs';\nx();",
        'line 1: norewind/runs needs Node, which has files; this page has none',
      ],
    ];
    for (const [source, sentence] of refusals)
      expect(written(source))
        .to.have.property('sentence')
        .that.satisfies((own: string) => own.startsWith(sentence), sentence);
  });

  it('has examples that are programs', () => {
    for (const source of Object.values(examples)) expect(written(source)).to.have.property('module');
  });

  it('goes through a link unchanged; one that is damaged, or too long, is refused', async () => {
    for (const source of ['', 'a', examples.training, '∂ℓ/∂θ 🙂\r\n'.repeat(500)])
      expect(await unpacked(await packed(source))).to.equal(source);
    const refused = async (code: string): Promise<string> =>
      unpacked(code).then(String, (error: Error) => error.message);
    const code = await packed(examples.picture);
    for (const damaged of ['!', 'aGVsbG8', code.slice(0, -9), `${code.slice(0, 40)}A${code.slice(41)}`])
      expect(await refused(damaged)).to.equal('the program of the link is damaged: copy the whole link');
    // A link of some kilobytes may bring a text of gigabytes.
    const bomb = deflateRawSync(Buffer.alloc(50_000_000, 'a')).toString('base64url');
    expect(await refused(bomb)).to.equal('the program of the link has more than 200,000 characters');
  });
});
