// Installs the libraries for `bench peers` into this folder, exactly as in its lock file.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const missing = Object.entries(dependencies).filter(([name, version]) => versionOf(name) !== version);

if (missing.length > 0) {
  process.stderr.write(
    `bench: installing ${missing.map(([name]) => name).join(', ')} into bench/peers, about 310 MB, for comparison only ...\n`,
  );
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const { status } = spawnSync('npm', args, {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    process.stderr.write(
      'bench: npm could not install the peers; the other benchmarks run without them: npm run bench\n',
    );
    process.exit(1);
  }
}

function versionOf(name) {
  const path = join(folder, 'node_modules', name, 'package.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).version : undefined;
}
