import { ConfigurationError } from '../../lib/index.ts';

/** fast-check, which draws the data for the laws. An optional peer: only users of these laws need it. */
export const fc: FastCheck = await load();

type FastCheck = typeof import('fast-check').default;

async function load(): Promise<FastCheck> {
  try {
    return (await import('fast-check')).default;
  } catch (error) {
    // Only if fast-check itself is missing, not one of its imports.
    if (!(error instanceof Error && error.message.includes("'fast-check'"))) throw error;
    throw new ConfigurationError(
      'norewind/testing needs fast-check, which is not installed: npm install --save-dev fast-check',
      {
        cause: error,
      },
    );
  }
}
