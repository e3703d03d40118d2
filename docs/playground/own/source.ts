import { type Refusal, refusal } from '../editor/refusal.ts';
import { type Imported, translate } from '../editor/translate.ts';

/** The module of a worker, or why there is none. */
export type Written = { readonly module: string; readonly imports: readonly Imported[] } | Refusal;

/**
 * Makes the module of a worker of a written cell: what is exported is handed to the worker's own part.
 * @param addressOf the address of a built file by its name.
 */
export function moduleOf(source: string, addressOf: (file: string) => string): Written {
  const translated = translate(source, addressOf);
  if ('sentence' in translated) return translated;
  const { module, imports, exports } = translated;
  const nameless = exports.find(({ name }) => name === 'default' || name === '*');
  if (nameless !== undefined)
    return refusal('give what is exported a name: export const mine = …', nameless.line);
  if (exports.length === 0)
    return refusal('nothing is exported: export const mine = (inputs, units) => …', undefined);
  const head = `import { serve as $serve } from ${JSON.stringify(addressOf('own'))}; `;
  const names = exports.map(({ name }) => name).join(', ');
  return { module: `${head}${module}\n;$serve({ ${names} });\n`, imports };
}
