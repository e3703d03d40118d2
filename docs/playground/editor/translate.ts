import { tsPlugin } from '@sveltejs/acorn-typescript';
import {
  type ExportAllDeclaration,
  type ExportNamedDeclaration,
  type ImportDeclaration,
  Parser,
  type Pattern,
  type Program,
} from 'acorn';
import { transform } from 'sucrase';
import { type Refusal, refusal } from './refusal.ts';

/** The built files of what can be imported on the page, by import path. */
const files = {
  norewind: 'norewind',
  'norewind/lib': 'lib',
  'norewind/autodiff': 'autodiff',
  'norewind/nn': 'nn',
  'norewind/trainers': 'trainers',
  'norewind/testing': 'testing',
  'norewind/plot': 'plot',
} as const;

/** A name that is imported. */
export interface Imported {
  readonly name: string;
  readonly from: string;
  /** The name of the built file that has it. */
  readonly file: string;
  readonly line: number | undefined;
}

/** A name that is exported, as it is called within the module; `default` and `*` for exports without one. */
interface Exported {
  readonly name: string;
  readonly line: number | undefined;
}

/** A module that browsers can run, or why not. */
export type Translated =
  | { readonly module: string; readonly imports: readonly Imported[]; readonly exports: readonly Exported[] }
  | Refusal;

/**
 * Makes JavaScript of a TypeScript module: types are left out unchecked, and imports lead to built files. Lines keep
 * their numbers.
 * @param addressOf the address of a built file by its name.
 */
export function translate(source: string, addressOf: (file: string) => string): Translated {
  let text: string;
  let program: Program;
  try {
    text = transform(source, { transforms: ['typescript'], disableESTransforms: true }).code;
    program = Parser.parse(text, syntax);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return syntaxRefusal(faultOf(source) ?? error.message);
  }
  const imports: Imported[] = [];
  const exports: Exported[] = [];
  const cuts: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  for (const node of program.body) {
    const line = node.loc?.start.line;
    if ('source' in node && node.source) {
      const from = String(node.source.value);
      if (!isKnown(from)) return refusal(advised(from), line);
      const file = files[from];
      imports.push(...namesOf(node).map((name) => ({ name, from, file, line })));
      cuts.push({ start: node.source.start, end: node.source.end, text: JSON.stringify(addressOf(file)) });
    }
    if (node.type === 'ExportNamedDeclaration') exports.push(...exported(node, line));
    if (node.type === 'ExportDefaultDeclaration') exports.push({ name: 'default', line });
    if (node.type === 'ExportAllDeclaration') exports.push({ name: '*', line });
  }
  for (const cut of cuts.reverse()) text = text.slice(0, cut.start) + cut.text + text.slice(cut.end);
  return { module: text, imports, exports };
}

const isKnown = (path: string): path is keyof typeof files => Object.hasOwn(files, path);

/** Why something cannot be imported. */
function advised(path: string): string {
  if (/^node:|^norewind\/(stream|runs)$/.test(path))
    return `${path} needs Node, which has files; this page has none`;
  return `only ${Object.keys(files).join(', ')} can be imported here, not ${path}`;
}

const syntax = { ecmaVersion: 'latest', sourceType: 'module', locations: true } as const;

/**
 * An error in a source, and its place. Sucrase, which takes types out, goes back to the beginning of an arrow
 * function at a fault within it, and then complains about its arrow.
 */
function faultOf(source: string): string | undefined {
  try {
    Parser.extend(tsPlugin()).parse(source, syntax);
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
  }
  return undefined;
}

/** Both parsers end their messages with the place. */
function syntaxRefusal(message: string): Refusal {
  const [, what, line] = /^(.*?) \((\d+):\d+\)$/s.exec(message) ?? [];
  return what === undefined ? refusal(message, undefined) : refusal(what.toLowerCase(), Number(line));
}

/** The names that a declaration takes from another module. */
function namesOf(node: ImportDeclaration | ExportNamedDeclaration | ExportAllDeclaration): readonly string[] {
  if (node.type === 'ExportAllDeclaration') return [];
  return node.specifiers.flatMap((specifier) => {
    if (specifier.type === 'ImportDefaultSpecifier') return ['default'];
    if (specifier.type === 'ImportNamespaceSpecifier') return [];
    const taken = specifier.type === 'ImportSpecifier' ? specifier.imported : specifier.local;
    return taken.type === 'Identifier' ? [taken.name] : [];
  });
}

function exported(
  { declaration, specifiers, source }: ExportNamedDeclaration,
  line: number | undefined,
): readonly Exported[] {
  if (declaration === null || declaration === undefined)
    return source
      ? []
      : specifiers.flatMap(({ local }) => (local.type === 'Identifier' ? [{ name: local.name, line }] : []));
  if (declaration.type === 'VariableDeclaration')
    return declaration.declarations.flatMap(({ id }) => bound(id)).map((name) => ({ name, line }));
  return [{ name: declaration.id.name, line }];
}

const bound = (pattern: Pattern): readonly string[] => (pattern.type === 'Identifier' ? [pattern.name] : []);
