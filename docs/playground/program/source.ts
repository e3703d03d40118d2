import type { Refusal } from '../editor/refusal.ts';
import { type Imported, translate } from '../editor/translate.ts';

/** The module of a worker, or why there is none. */
export type Program = { readonly module: string; readonly imports: readonly Imported[] } | Refusal;

/**
 * Makes the module of a worker of a program: the worker's own part is loaded before it and told of its end.
 * @param addressOf the address of a built file by its name.
 */
export function programOf(source: string, addressOf: (file: string) => string): Program {
  const translated = translate(source, addressOf);
  if ('sentence' in translated) return translated;
  const head = `import { end as $end } from ${JSON.stringify(addressOf('program'))}; `;
  return { module: `${head}${translated.module}\n;$end();\n`, imports: translated.imports };
}
