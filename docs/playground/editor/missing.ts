import { addressOf } from '../page/worker.ts';
import { type Refusal, refusal } from './refusal.ts';
import type { Imported } from './translate.ts';

/** Which import is not there: browsers do not say. */
export async function missing(imports: readonly Imported[]): Promise<Refusal> {
  for (const { name, from, file, line } of imports) {
    const all: object = await import(/* @vite-ignore */ addressOf(file));
    if (!(name in all))
      return refusal(
        name === 'default' ? `${from} has no default: import { … } or * as` : `${from} has no ${name}`,
        line,
      );
  }
  return refusal('the worker did not start', undefined);
}
