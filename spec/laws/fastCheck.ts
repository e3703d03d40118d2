import { ConfigurationError } from '../../lib/index.ts';

/** fast-check, which draws what laws are tried on. A peer that only the users of these laws need: most will not have it. */
export const fc: FastCheck = await load();

type FastCheck = typeof import('fast-check').default;

async function load(): Promise<FastCheck> {
  try {
    return (await import('fast-check')).default;
  } catch (error) {
    // Only where it is fast-check itself that is missing, and not something that it imports.
    if (!(error instanceof Error && error.message.includes("'fast-check'"))) throw error;
    throw new ConfigurationError('norewind/testing needs fast-check, which is not installed: npm install --save-dev fast-check', {
      cause: error,
    });
  }
}
