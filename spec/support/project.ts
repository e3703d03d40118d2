import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

/** The root of the checkout. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Flags with which Node runs the TypeScript sources. */
export const runsSources: readonly string[] = [
  '--import',
  pathToFileURL(join(root, '.ci', 'typescript.mjs')).href,
];

/** The parts of package.json that the specs read. */
export interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
}

/** A user's project in its own folder outside the checkout, removed by `dispose`. */
export interface Project {
  readonly folder: string;
  write(path: string, content: string | Uint8Array): string;
  /** Makes an installed package importable, without network access. */
  link(name: string, from?: string): void;
  dispose(): void;
}

export function createProject(): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'norewind spec ')));
  const project: Project = {
    folder,
    write(path, content) {
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
      return target;
    },
    link(name, from = join(root, 'node_modules', name)) {
      const target = join(folder, 'node_modules', name);
      mkdirSync(dirname(target), { recursive: true });
      symlinkSync(from, target, 'junction');
    },
    dispose() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
  project.write('package.json', '{ "type": "module", "private": true }\n');
  return project;
}

/** A user's settings with `strict`; imports name the written file, `./foo.ts`. */
export const userOptions: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  rewriteRelativeImportExtensions: true,
  types: ['node'],
  // The package spec checks declaration files; once is enough.
  skipLibCheck: true,
};

/** A compiler error; `line` counts from 1. */
export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Type-checks `files` as one program and writes JavaScript beside them. */
export function compileFiles(
  files: readonly string[],
  options: ts.CompilerOptions,
  folder: string,
): Complaint[] {
  const all = { ...options, typeRoots: [join(folder, 'node_modules', '@types')], rootDir: folder };
  const host = ts.createCompilerHost(all);
  host.getCurrentDirectory = () => folder;
  const program = ts.createProgram(files, all, host);
  const emitted = all.noEmit ? [] : program.emit().diagnostics;
  return [...ts.getPreEmitDiagnostics(program), ...emitted].map((diagnostic) => ({
    file: diagnostic.file?.fileName ?? '',
    line: 1 + (diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0),
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
  }));
}

/** All files below `folder`, as sorted relative paths with forward slashes. */
export function filesBelow(folder: string, at = ''): string[] {
  return readdirSync(join(folder, at), { withFileTypes: true })
    .flatMap((entry) => {
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(folder, path) : [path];
    })
    .sort();
}
