import { type ExportNamedDeclaration, type Node, type Pattern, type Program, parse } from 'acorn';

/** A written module that can run, or why not. */
export type Written =
  | { readonly module: string; readonly imports: readonly Imported[] }
  | { readonly sentence: string; readonly line: number | undefined };

/** A name that is imported. */
export interface Imported {
  readonly name: string;
  readonly from: 'norewind' | 'norewind/testing';
  readonly line: number | undefined;
}

/** Where what can be imported lies. */
export type Addresses = Readonly<Record<'norewind' | 'norewind/testing' | 'serve', string>>;

/**
 * Makes a module of a worker of what is written: imports lead to the built files, and what is exported is handed to
 * the worker's own part. Lines keep their numbers.
 */
export function moduleOf(source: string, addresses: Addresses): Written {
  let program: Program;
  try {
    program = parse(source, { ecmaVersion: 2022, sourceType: 'module', locations: true });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const line = 'loc' in error ? (error.loc as { readonly line: number }).line : undefined;
    const what = error.message.replace(/ \(\d+:\d+\)$/, '');
    const advice = /Unexpected token/.test(what) ? '; this is JavaScript, which has no types' : '';
    return { sentence: `line ${line}: ${what.toLowerCase()}${advice}`, line };
  }
  const names: string[] = [];
  const imports: Imported[] = [];
  const cuts: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      const wanted = String(node.source.value);
      if (wanted !== 'norewind' && wanted !== 'norewind/testing')
        return refusal(node, `only norewind and norewind/testing can be imported here, not ${wanted}`);
      for (const { type, loc, ...rest } of node.specifiers)
        if (type === 'ImportSpecifier' && 'imported' in rest && rest.imported.type === 'Identifier')
          imports.push({ name: rest.imported.name, from: wanted, line: loc?.start.line });
      cuts.push({ start: node.source.start, end: node.source.end, text: JSON.stringify(addresses[wanted]) });
    } else if (node.type === 'ExportNamedDeclaration') names.push(...exported(node));
    else if (node.type === 'ExportDefaultDeclaration' || node.type === 'ExportAllDeclaration')
      return refusal(node, 'give what is exported a name: export const mine = …');
  }
  if (names.length === 0)
    return { sentence: 'nothing is exported: export const mine = (inputs, units) => …', line: undefined };
  let module = source;
  for (const { start, end, text } of cuts.reverse())
    module = module.slice(0, start) + text + module.slice(end);
  const head = `import { serve as $serve } from ${JSON.stringify(addresses.serve)}; `;
  return { module: `${head}${module}\n;$serve({ ${names.join(', ')} });\n`, imports };
}

function refusal(node: Node, sentence: string): Written {
  const line = node.loc?.start.line;
  return { sentence: `line ${line}: ${sentence}`, line };
}

/** The names of an export, as they are called within the module. */
function exported({ declaration, specifiers }: ExportNamedDeclaration): readonly string[] {
  if (declaration === null || declaration === undefined)
    return specifiers.flatMap(({ local }) => (local.type === 'Identifier' ? [local.name] : []));
  if (declaration.type === 'VariableDeclaration')
    return declaration.declarations.flatMap(({ id }) => bound(id));
  return [declaration.id.name];
}

const bound = (pattern: Pattern): readonly string[] => (pattern.type === 'Identifier' ? [pattern.name] : []);
