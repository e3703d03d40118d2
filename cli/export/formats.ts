import { type Tensor, writeNpz, writeSafetensors } from '../../lib/index.ts';

/** The writers of `norewind export`, by format and ending. */
export const formats: Readonly<Record<string, (parameters: Readonly<Record<string, Tensor>>) => Uint8Array>> =
  {
    npz: writeNpz,
    safetensors: (parameters) => writeSafetensors(parameters),
    json: (parameters) => new TextEncoder().encode(jsonOf(parameters)),
  };

/** An object of nested lists, a line for each parameter. */
function jsonOf(parameters: Readonly<Record<string, Tensor>>): string {
  const lines = Object.entries(parameters).map(
    ([name, tensor]) => `${JSON.stringify(name)}:${JSON.stringify(tensor.toArray())}`,
  );
  return `{${lines.join(',\n')}}\n`;
}
