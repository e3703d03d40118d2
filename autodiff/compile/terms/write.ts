import type { Equation } from '../../symbol.ts';
import type { Program } from '../equations/program.ts';
import type { Buffer } from '../instructions/instruction.ts';
import type { Lowering } from './lowering.ts';
import { type Pending, type Replacement, writeRankOne } from './rank-one.ts';
import { writeRankOneEach } from './rank-one-each.ts';
import { arrayOf, buffersOf, mapBuffers, type Part as TermPart, type Terms } from './terms.ts';

/**
 * A part of the program that is being lowered: its equations, the outputs that it writes, and in the last
 * part what replaces inputs.
 */
export interface Part {
  readonly lowering: Lowering;
  readonly program: Program;
  readonly equations: readonly Equation[];
  readonly outputs: readonly number[];
  readonly replacements: readonly Replacement[];
  /** The inputs that are written over at the end of the last part. */
  readonly replaced: ReadonlySet<Buffer>;
  /** The buffer of each output; filled as parts are lowered. */
  readonly places: Buffer[];
}

/**
 * Writes the outputs of a part into buffers that nothing else is written to, so that they can be read after
 * the run.
 */
export function writeOutputs({ lowering, program, outputs, places, replaced }: Part): void {
  for (const at of outputs) {
    const array = lowering.array(program.outputs[at]);
    places[at] = replaced.has(array) ? copied(lowering, array) : array;
    places[at].pinned = true;
  }
}

/** Writes the new values of inputs over the old ones, each when no other still reads the old one. */
export function replaceInputs({ lowering, replacements }: Part): void {
  const { assembler, materializer } = lowering;
  let pending = replacements.map((own) => withValue(own, lowering.terms(own.tensor)));
  // Coefficients may depend on inputs that are about to be replaced, so they are computed before the first
  // write.
  for (const { value, tensor } of pending)
    for (const { coefficient } of value) materializer.coefficient(coefficient, tensor.dtype);
  while (pending.length > 0) {
    const ready = pending.find((own) =>
      pending.every((other) => other === own || !other.reads.has(own.target)),
    );
    const next = ready ?? pending[0];
    const reads = buffersOf(next.value).filter((buffer) => buffer === next.target).length;
    const inPlace = reads === 0 || (reads === 1 && isReadFirst(next));
    const written = ready === undefined ? [] : writeReady(lowering, ready, pending);
    pending = pending.filter((other) => other !== next && !written.includes(other));
    if (written.length > 0) continue;
    if (arrayOf(next.value) === next.target) continue;
    if (ready === undefined) {
      // Every one is read by another: this one's old value moves out of the way.
      const saved = copied(lowering, next.target);
      pending = pending.map((other) => withValue(other, substituted(other.value, next.target, saved)));
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

/** Writes what has a kernel of its own, and returns it. */
function writeReady(lowering: Lowering, ready: Pending, pending: readonly Pending[]): readonly Pending[] {
  const entries = writeRankOneEach(lowering, ready, pending);
  return entries.length > 0 ? entries : writeRankOne(lowering, ready, pending);
}

/** Whether a sum reads an element of its target before it writes it. */
function isReadFirst({ value, target }: Pending): boolean {
  const isOwn = (part: TermPart) => part.kind === 'dense' && part.buffer === target;
  // Entries are added to what is written already, unless there is nothing else.
  const isAlone = value.every(({ part }) => part.kind === 'entries');
  return value.some(({ part }) => isOwn(part) || (isAlone && part.kind === 'entries' && isOwn(part.of)));
}

function withValue(replacement: Replacement, value: Terms): Pending {
  return { ...replacement, value, reads: new Set(buffersOf(value)) };
}

function copied({ assembler }: Lowering, buffer: Buffer): Buffer {
  const copy = assembler.buffer(buffer.dtype, buffer.size);
  assembler.emit('copy', buffer.dtype, copy, buffer, buffer.size);
  return copy;
}

function substituted(value: Terms, from: Buffer, to: Buffer): Terms {
  return mapBuffers(value, (buffer) => (buffer === from ? to : buffer));
}
