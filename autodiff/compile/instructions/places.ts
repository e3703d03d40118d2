import { sizeOf, stridesOf } from '../../../lib/index.ts';
import {
  type Buffer,
  bufferOf,
  buffersIn,
  type Instruction,
  type InstructionOperand,
  writtenBy,
} from './instruction.ts';

/** A part of another array. */
interface Place {
  readonly buffer: Buffer;
  readonly shift: number;
}

/** An array that is copied as it is into a part of another. */
interface Copy {
  readonly from: Buffer;
  readonly to: Place;
}

/**
 * Where an array may be computed that is copied into a part of another, such as the cotangent of a time step into the
 * matrix of those of the window: at once in its place there.
 */
export function placesIn(parts: readonly (readonly Instruction[])[]): ReadonlyMap<Buffer, Place> {
  const list = parts.flat();
  const copies = list.map(copyIn);
  const lastWrite = new Map<Buffer, number>();
  /** Arrays that stay where they are. */
  const fixed = new Set<Buffer>();
  /** Those that a primitive of a user's own reads or makes: it has whole arrays. */
  const called = new Set<Buffer>();
  /** The copies that arrays are made of; none for one that anything else writes, too. */
  const pieces = new Map<Buffer, Copy[] | undefined>();
  for (const [at, instruction] of list.entries()) {
    const copy = copies[at];
    for (const buffer of writtenBy(instruction)) {
      lastWrite.set(buffer, at);
      if (copy === undefined) pieces.set(buffer, undefined);
    }
    if (copy !== undefined) {
      const { buffer } = copy.to;
      const known = pieces.has(buffer) ? pieces.get(buffer) : [];
      known?.push(copy);
      pieces.set(buffer, known);
      fixed.add(buffer);
    }
    if (instruction.call !== undefined) for (const buffer of buffersIn(instruction)) called.add(buffer);
  }
  // An input that is replaced keeps its old value until the end.
  const tiled = new Set(
    [...pieces].flatMap(([buffer, own]) => (own && !buffer.pinned && isTiled(buffer, own) ? buffer : [])),
  );
  const places = new Map<Buffer, Place>();
  for (const [at, copy] of copies.entries()) {
    if (copy === undefined || !tiled.has(copy.to.buffer)) continue;
    const { from, to } = copy;
    const isFree = !from.pinned && !fixed.has(from) && !called.has(from) && !places.has(from);
    if (isFree && (lastWrite.get(from) ?? at) < at) places.set(from, to);
  }
  for (const buffer of tiled) {
    const place = called.has(buffer) ? undefined : placeOf(pieces.get(buffer) ?? [], buffer, places);
    if (place !== undefined) places.set(buffer, place);
  }
  return places;
}

/**
 * The part of another array in which all pieces of this one lie side by side in their order: the cotangents of some time
 * steps, among those of the whole window.
 */
function placeOf(
  pieces: readonly Copy[],
  buffer: Buffer,
  places: ReadonlyMap<Buffer, Place>,
): Place | undefined {
  const [first] = pieces;
  const place = first && places.get(first.from);
  if (place === undefined || place.buffer === buffer) return undefined;
  const shift = place.shift - first.to.shift;
  const isThere = pieces.every(({ from, to }) => {
    const own = places.get(from);
    return own?.buffer === place.buffer && own.shift === shift + to.shift;
  });
  return isThere ? { buffer: place.buffer, shift } : undefined;
}

/** Whether copies lie side by side, and are all of an array. */
function isTiled({ size }: Buffer, copies: readonly Copy[]): boolean {
  let end = 0;
  for (const { from, to } of copies.toSorted((a, b) => a.to.shift - b.to.shift)) {
    if (to.shift !== end) return false;
    end += from.size;
  }
  return end === size;
}

/** The part with these arrays in their places, and without the copies that brought them there. */
export function inPlaces(
  part: readonly Instruction[],
  places: ReadonlyMap<Buffer, Place>,
): readonly Instruction[] {
  const isDone = (instruction: Instruction) => {
    const copy = copyIn(instruction);
    const place = copy && places.get(copy.from);
    if (copy === undefined || place === undefined) return false;
    const whole = places.get(copy.to.buffer) ?? { buffer: copy.to.buffer, shift: 0 };
    return place.buffer === whole.buffer && place.shift === whole.shift + copy.to.shift;
  };
  const moved = (operand: InstructionOperand): InstructionOperand => {
    const buffer = bufferOf(operand);
    const place = buffer && places.get(buffer);
    if (place === undefined || typeof operand === 'number' || 'register' in operand) return operand;
    return 'shift' in operand ? { ...place, shift: place.shift + operand.shift } : place;
  };
  const renamed = (instruction: Instruction): Instruction => ({
    ...instruction,
    operands: instruction.operands.map(moved),
    ...(instruction.body === undefined ? {} : { body: instruction.body.map(renamed) }),
  });
  return part.filter((one) => !isDone(one)).map(renamed);
}

/** A whole array, copied as it lies into a part of another. */
function copyIn({ operation, operands }: Instruction): Copy | undefined {
  if (operation !== 'strided') return undefined;
  const [out, from, rank, ...words] = operands;
  if (typeof out === 'number' || !('shift' in out)) return undefined;
  if (typeof from === 'number' || !('address' in from) || typeof rank !== 'number') return undefined;
  const numbers = words as readonly number[];
  const [block, to, own] = [0, 1, 2].map((i) => numbers.slice(i * rank, (i + 1) * rank));
  const dense = stridesOf(block);
  const isDense = (strides: readonly number[]) =>
    strides.every((stride, axis) => block[axis] === 1 || stride === dense[axis]);
  if (sizeOf(block) !== from.size || out.buffer === from || !isDense(to) || !isDense(own)) return undefined;
  return { from, to: out };
}
