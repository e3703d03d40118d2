import { spawnSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** This machine's Chromium, headless. Nothing is downloaded. @throws Error if there is none. */
export async function openBrowser(): Promise<Browser> {
  const given = process.env.CHROMIUM;
  const executablePath = given || names.find((name) => runs(name));
  if (given && !runs(given)) throw new Error(`CHROMIUM is ${given}, which does not run`);
  if (executablePath === undefined)
    throw new Error(
      `there is no ${names.slice(0, 3).join(', ')} here: install one, or give its path in CHROMIUM`,
    );
  return chromium.launch({
    executablePath: given ? executablePath : pathOf(executablePath),
    // Its sandbox does not work for root, and it loads only the pages under test.
    args: '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(
      ' ',
    ),
  });
}

function runs(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;
}

function pathOf(name: string): string {
  return spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim();
}
