import { spawnSync } from 'node:child_process';
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

/** The root of the checkout. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Flags with which Node runs the TypeScript sources. */
export const runsSources = importing('typescript.mjs');

/** Flags with which Node optimises late, for short runs of what is compiled; `runsSources` does so too. */
export const optimisesLate = importing('optimise-late.mjs');

function importing(name: string): readonly string[] {
  return ['--import', pathToFileURL(join(root, '.ci', name)).href];
}

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

/** Settings of the compiler, as in tsconfig.json. */
type CompilerOptions = Readonly<Record<string, string | boolean | readonly string[]>>;

/** A user's settings with `strict`; imports name the written file, `./foo.ts`. */
export const userOptions: CompilerOptions = {
  strict: true,
  target: 'es2022',
  lib: ['es2023'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  moduleDetection: 'force',
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
  options: CompilerOptions,
  folder: string,
): Complaint[] {
  const all = { ...options, typeRoots: [join(folder, 'node_modules', '@types')], rootDir: folder };
  // The folder may have a tsconfig.json of its own.
  const settings = join(folder, 'tsconfig.spec.json');
  writeFileSync(settings, JSON.stringify({ compilerOptions: all, files }));
  const tsc = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [tsc, '--project', settings, '--pretty', 'false'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const complaints = complaintsIn(stdout, folder);
  if (status !== 0 && complaints.length === 0)
    throw new Error(`tsc ended with ${status}: ${stdout}${stderr}`);
  return complaints;
}

/** Reads `file(line,column): error TS1234: message`; lines that begin with a space continue a message. */
function complaintsIn(output: string, folder: string): Complaint[] {
  const messages = output.split(/\r?\n(?! )/).filter((text) => text !== '');
  return messages.map((text) => {
    const [, file = '', line = '1', message = text] =
      /^(?:(.+?)\((\d+),\d+\): )?error TS\d+: ([\s\S]*)$/.exec(text) ?? [];
    return { file: file === '' ? '' : join(folder, file), line: Number(line), message };
  });
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
