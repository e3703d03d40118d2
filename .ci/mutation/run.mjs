// Changes the sources in small ways and counts the changes that the specs notice: `npm run mutation [--
// PATH...]`. Installs its dependencies into this folder, exactly as in the lock file.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parts } from './parts.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(folder));

install();
mkdirSync(join(root, 'coverage'), { recursive: true });
const wanted = process.argv.slice(2);
const base = JSON.parse(readFileSync(join(folder, 'stryker.json'), 'utf8'));
/** For formulas: changes of terms and factors, without those of texts and whole blocks, which say little about them. */
const formulas = {
  ignoreStatic: true,
  mutator: {
    excludedMutations: [
      'ArrayDeclaration',
      'ArrowFunction',
      'BlockStatement',
      'ObjectLiteral',
      'StringLiteral',
    ],
  },
};
const tensors = ['--import', pathToFileURL(join(folder, 'tensors.mjs')).href];
let status = 0;
for (const { mutate, spec, grep, isFormula } of parts) {
  const chosen =
    wanted.length === 0 ? mutate : mutate.filter((path) => wanted.some((part) => path.includes(part)));
  if (chosen.length === 0) continue;
  const config = join(root, 'coverage', 'mutation.json');
  const mochaOptions = { ...base.mochaOptions, spec, grep };
  const settings = { ...base, ...(isFormula && formulas), mutate: chosen, mochaOptions };
  writeFileSync(config, JSON.stringify(settings));
  const stryker = join(folder, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
  status ||=
    spawnSync(process.execPath, [...(isFormula ? tensors : []), stryker, 'run', config], {
      cwd: root,
      stdio: 'inherit',
    }).status ?? 1;
}
process.exitCode = status;

function install() {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (Object.entries(dependencies).every(([name, version]) => versionOf(name) === version)) return;
  process.stderr.write('mutation: installing Stryker into .ci/mutation ...\n');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const { status } = spawnSync('npm', args, {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(1);
}

function versionOf(name) {
  const path = join(folder, 'node_modules', name, 'package.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).version : undefined;
}
