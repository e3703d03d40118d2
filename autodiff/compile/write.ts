import type { Tensor } from '../../lib/index.ts';
import type { Buffer } from './assembler.ts';
import type { Lowering } from './lower.ts';
import { type Pending, type Replacement, writeRankOne } from './rank-one.ts';
import { arrayOf, buffersOf, type Value } from './values.ts';

/** Where an output can be read after the run; nothing else is written there. */
export function putOut(lowering: Lowering, tensor: Tensor, replaced: ReadonlySet<Buffer>): Buffer {
  const array = lowering.array(tensor);
  const out = replaced.has(array) ? copied(lowering, array) : array;
  out.pinned = true;
  return out;
}

/** Writes what replaces inputs, each once no other still reads what it replaces. */
export function replaceInputs(lowering: Lowering, replacements: readonly Replacement[]): void {
  const { assembler, materializer } = lowering;
  let pending: Pending[] = replacements.map((own) => ({ ...own, value: lowering.value(own.tensor) }));
  // Coefficients may depend on inputs that are about to be replaced, so they are computed before the first write.
  for (const { value, tensor } of pending)
    for (const { coefficient } of value) materializer.coefficient(coefficient, tensor.dtype);
  while (pending.length > 0) {
    const ready = pending.find((own) => pending.every((other) => other === own || !buffersOf(other.value).includes(own.target)));
    const next = ready ?? pending[0];
    const reads = buffersOf(next.value).filter((buffer) => buffer === next.target).length;
    const inPlace =
      reads === 0 || (reads === 1 && next.value.some(({ part }) => part.kind === 'dense' && part.buffer === next.target));
    const written = ready === undefined ? [] : writeRankOne(lowering, ready, pending);
    pending = pending.filter((other) => other !== next && !written.includes(other));
    if (written.length > 0) continue;
    if (arrayOf(next.value) === next.target) continue;
    if (ready === undefined) {
      // Every one is read by another: this one's old value moves out of the way.
      const saved = copied(lowering, next.target);
      pending = pending.map((other) => ({ ...other, value: substituted(other.value, next.target, saved) }));
    }
    if (inPlace) materializer.array(next.value, next.tensor.dtype, next.tensor.shape, next.target);
    else {
      const whole = materializer.array(
        next.value,
        next.tensor.dtype,
        next.tensor.shape,
        assembler.buffer(next.tensor.dtype, next.tensor.size),
      );
      assembler.emit('copy', next.tensor.dtype, next.target, whole, next.tensor.size);
    }
  }
}

function copied({ assembler }: Lowering, buffer: Buffer): Buffer {
  const copy = assembler.buffer(buffer.dtype, buffer.size);
  assembler.emit('copy', buffer.dtype, copy, buffer, buffer.size);
  return copy;
}

function substituted(value: Value, from: Buffer, to: Buffer): Value {
  const swap = (buffer: Buffer) => (buffer === from ? to : buffer);
  return value.map(({ coefficient, part }) => ({
    coefficient: { ...coefficient, scalars: coefficient.scalars.map(swap), strong: (coefficient.strong ?? []).map(swap) },
    part:
      part.kind === 'splat'
        ? part
        : part.kind === 'outer'
          ? { ...part, u: swap(part.u), v: swap(part.v) }
          : part.kind === 'row'
            ? { ...part, index: swap(part.index), v: swap(part.v) }
            : { ...part, buffer: swap(part.buffer) },
  }));
}
