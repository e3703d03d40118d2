// Prepares a fresh clone: installs the packages of package-lock.json, compiles changed sources into dist/, and
// bundles the command, and the library for Node and for browsers. `npm start` and `npm test` call it first; so does npm (as
// `prepare`) before packing and when installing from git. `--force` compiles everything. Notes go to stderr.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** The code for Node, and the code for the browser. */
const projects = ['tsconfig.build.json', 'tsconfig.page.json'].map((name) => join('.ci', name));
/** Bundled code that the command and the library share. */
const parts = join('dist', 'parts');

// npm runs `prepare` at the end of an installation, including the one below, after which we compile anyway.
if (process.env.NOREWIND_INSTALLS !== undefined) process.exit();

requireNode(20);
if (!installed()) install();
compile(process.argv.includes('--force'));
await bundleForNode();
await bundleLibrary();

function requireNode(major) {
  if (Number.parseInt(process.versions.node, 10) < major)
    fail(
      `norewind needs Node ${major} or newer, this is ${process.version}: install a current Node from nodejs.org and run this again.`,
    );
}

/**
 * Whether node_modules matches the lock file. Compares contents, as `git checkout` and `npm install` change
 * dates.
 */
function installed() {
  const wanted = packages('package-lock.json');
  const present = packages(join('node_modules', '.package-lock.json'));
  if (wanted === undefined)
    fail('package-lock.json is missing or unreadable: restore it with `git checkout package-lock.json`.');
  if (present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    // Packages for other platforms are optional and are not installed.
    return present[path] === undefined
      ? optional === true
      : present[path].version === version && existsSync(join(root, path));
  });
}

function packages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function install() {
  const started = Date.now();
  process.stderr.write('norewind: installing its dependencies with npm ci, once ...');
  // --include=dev: the compiler is needed even if NODE_ENV=production.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const npm = process.env.npm_execpath ?? '';
  process.env.NOREWIND_INSTALLS = 'yes';
  const result = npm.endsWith('npm-cli.js')
    ? run(process.execPath, [npm, ...args])
    : run('npm', args, process.platform === 'win32');
  delete process.env.NOREWIND_INSTALLS;
  process.stderr.write(
    ` ${result.status === 0 ? 'done in' : 'failed after'} ${Math.round((Date.now() - started) / 1000)} s\n`,
  );
  if (result.status !== 0) fail(`npm ci failed; its last lines:\n${lastLines(result, 8)}`);
}

function compile(force) {
  prune(join(root, 'dist'), root, 0);
  // The compiler's records say that an output was written, not that it still exists.
  const whole = ['lib', 'autodiff', 'nn', 'trainers', 'cli', 'bench'].every(written);
  const tsc = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
  const result = run(process.execPath, [
    tsc,
    '--build',
    ...projects,
    ...(force || !whole ? ['--force'] : []),
  ]);
  if (result.status !== 0)
    fail(`${output(result)}\nThe sources do not compile; the messages above are the compiler's.`);
}

/**
 * Bundles the command, its threads and the library for Node into a few files: Node takes longer to find and open four
 * hundred modules than to run them. esbuild is imported once it is installed.
 */
async function bundleForNode() {
  const { build } = await import('esbuild');
  const command = ['cli/main', 'cli/demo/worker', 'cli/demo/defaultLearner'].map((name) => [name, name]);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...command, ...libraryEntries()].map(([name, out]) => ({ in: `${name}.ts`, out })),
    outdir: 'dist',
    chunkNames: 'parts/[name]-[hash]',
    bundle: true,
    splitting: true,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    charset: 'utf8',
    logLevel: 'error',
  });
  const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
  for (const name of readdirSync(join(root, parts))) if (!made.has(name)) rmSync(join(root, parts, name));
  // npm sets this when it first links the command, but not for a new dist/.
  chmodSync(join(root, 'dist', 'cli', 'main.js'), 0o755);
}

/** The modules that package.json has a bundle for under the condition `node`, and the names of these in dist/. */
function libraryEntries() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const inDist = (path) => path.replace(/^\.\/dist\/(.*)\.js$/, '$1');
  return Object.values(exports).flatMap(({ node, default: module }) =>
    node === undefined ? [] : [[inDist(module), inDist(node)]],
  );
}

/** Bundles the library for browsers if it has changed. */
async function bundleLibrary() {
  const file = join(root, 'dist', 'browser', 'norewind.js');
  const written = existsSync(file) ? statSync(file).mtimeMs : 0;
  const isOld = ['lib', 'autodiff', 'nn', 'trainers'].some((folder) =>
    readdirSync(join(root, 'dist', folder), { recursive: true }).some(
      (name) => name.endsWith('.js') && statSync(join(root, 'dist', folder, name)).mtimeMs > written,
    ),
  );
  if (isOld) await (await import('./build-browser.mjs')).buildBrowser(file);
}

/** Whether every source below a folder has been compiled. */
function written(folder) {
  if (!existsSync(join(root, folder))) return true;
  return readdirSync(join(root, folder), { withFileTypes: true }).every((entry) => {
    const path = join(folder, entry.name);
    // AssemblyScript is not TypeScript: it is compiled to lib/kernels/wasm/strict.ts and relaxed.ts. What `init`
    // copies stays TypeScript.
    if (entry.isDirectory()) return ['assembly', 'starter'].includes(entry.name) || written(path);
    return !/(?<!\.spec|\.d)\.ts$/.test(path) || existsSync(join(root, 'dist', path.replace(/\.ts$/, '.js')));
  });
}

/** Removes outputs without a source, which would otherwise be run and published. */
function prune(folder, sources, depth) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    // Bundles have many sources.
    if ([join('dist', 'browser'), join('dist', 'node'), parts].some((own) => path === join(root, own)))
      continue;
    if (entry.isDirectory()) prune(path, join(sources, entry.name), depth + 1);
    else if (
      depth > 0 &&
      !existsSync(join(sources, entry.name.replace(/(\.d)?\.[cm]?[jt]s(\.map)?$/, '.ts')))
    )
      rmSync(path);
  }
  if (depth > 0 && readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
}

function run(command, args, shell = false) {
  return spawnSync(command, args, {
    cwd: root,
    shell,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  });
}

function output({ stdout, stderr, error }) {
  return [stdout, stderr, error?.message]
    .filter(Boolean)
    .map((text) => text.trimEnd())
    .join('\n');
}

/** npm's last lines, without empty ones and its appended help. */
function lastLines(result, count) {
  const lines = output(result).split('\n');
  const help = lines.findIndex((line) => /^npm error Clean install a project/.test(line));
  const told = lines.slice(0, help < 0 ? lines.length : help).filter((line) => !/^npm error\s*$/.test(line));
  return told.slice(-count).join('\n');
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
