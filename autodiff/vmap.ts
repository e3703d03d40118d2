import {
  type DType,
  formatShape,
  guard,
  mapTree,
  type NdArray,
  pathsOf,
  requireTensor,
  type Shape,
  ShapeError,
  type Tensor,
  type Tree,
  type TypedArray,
  UnknownValueError,
  zeros,
} from '../lib/index.ts';
import { liftTree } from './arguments.ts';
import { bind, InterpretedTensor } from './bind.ts';
import { callName, type Level, requireOpen, withLevel } from './level.ts';
import { stack } from './operations/index.ts';
import type { Parameters, Primitive, TensorType } from './primitive.ts';
import { slice } from './primitives/linear.ts';
import { type Entries, reshaped, spread } from './table/batch.ts';
import { rowOf } from './table/index.ts';

/**
 * Returns a function that applies f to a batch: each argument and result has a leading axis, and entry i of
 * the results is f of entry i of the arguments. f is called once, and sees tensors without that axis; values
 * that it closes over are shared by all entries.
 *
 * A batch takes as many operations as one entry: a matrix times a batch of vectors is one matrix product.
 * `vmap(push)` and `vmap(pull)` of a linearization push and pull many directions at once. vmap nests with
 * itself and with every other transform. f may not branch on values, which differ between entries. A user's
 * primitive is applied entry by entry, unless it is smooth.
 *
 * @throws ShapeError if the arguments lack a leading axis, or their leading axes differ in length.
 */
export function vmap<A extends readonly unknown[], R>(f: (...args: A) => R): (...args: A) => R {
  const name = callName('vmap', f);
  return (...args) => {
    const lifted = args.map(liftTree);
    const size = sizeOfBatch(name, lifted);
    return inBatch(name, size, ({ enter, leave }) => {
      const entries: readonly Tree[] = lifted.map((arg) => mapTree(arg, enter));
      return mapTree(liftTree(f(...(entries as A))), leave);
    });
  };
}

/** A batch that is open: what goes in has a leading axis, which operations do not see until it comes out. */
export interface OpenBatch {
  /** @throws ShapeError unless the leading axis has as many entries as the batch. */
  readonly enter: (x: Tensor) => Tensor;
  /** The entries along a leading axis; those of a tensor that is the same for all entries are repeated. */
  readonly leave: (x: Tensor) => Tensor;
}

/**
 * `vmap` for code that brings in its batches on the way, and takes sums over the entries out of them: runs
 * `body` with a batch of `size` entries that is open until it returns.
 *
 *     withBatch(2, ({ enter, leave }) => sum(leave(square(enter(x))), { axes: 0 }))
 *
 * @throws ConfigurationError unless `size` is a whole number.
 */
export function withBatch<R>(size: number, body: (batch: OpenBatch) => R): R {
  guard.argument('withBatch', 'size', size, guard.whole(0));
  return inBatch(callName('withBatch', body), size, body);
}

function inBatch<R>(name: string, size: number, body: (batch: OpenBatch) => R): R {
  return withLevel(name, (level) =>
    body({
      enter(x) {
        requireTensor(x, name);
        if (x.shape[0] !== size)
          throw new ShapeError(
            `${name}: the leading axis counts the ${size} entries, got shape ${formatShape(x.shape)}`,
          );
        return new BatchTensor(x, level, size);
      },
      leave(x) {
        requireTensor(x, name);
        return spread(entriesAt(x, level), size);
      },
    }),
  );
}

/** A batch of tensors, as one tensor with a leading axis that operations on it do not see. */
class BatchTensor extends InterpretedTensor {
  readonly inner: Tensor;
  readonly owner: Level;
  readonly level: number;
  readonly shape: Shape;
  readonly entries: number;

  constructor(inner: Tensor, owner: Level, entries: number) {
    super();
    this.inner = inner;
    this.owner = owner;
    this.level = owner.number;
    this.shape = inner.shape.slice(1);
    this.entries = entries;
    this.label = inner.label;
  }

  get dtype(): DType {
    return this.inner.dtype;
  }

  /** @throws UnknownValueError always. */
  toNdarray(): NdArray<TypedArray> {
    throw new UnknownValueError(
      `${this.owner.name}: reads a tensor's value, which differs between the entries of the batch. Branch on shapes only; choose between values with where()`,
    );
  }

  override toString(): string {
    return `${this.entries} entries of ${this.dtype}${formatShape(this.shape)} of ${this.owner.name}`;
  }

  override toJSON(): object {
    return { dtype: this.dtype, shape: [...this.shape], entries: this.entries };
  }

  override interpret(primitive: Primitive, operands: readonly Tensor[], parameters: Parameters): Tensor {
    const { owner, entries: size } = this;
    requireOpen(owner, primitive.name, 'an entry');
    // Errors then name the shapes that f sees.
    if (primitive.kind !== 'custom') primitive.type(operands, parameters);
    const given = operands.map((operand) => entriesAt(operand, owner));
    const apply = (all: readonly Tensor[], own: Parameters) => bind(primitive, all, own);
    const row = rowOf(primitive);
    if (row !== undefined) return new BatchTensor(row.batch({ size, apply }, given, parameters), owner, size);
    if (primitive.kind === 'smooth') {
      const together = given.map((operand) => spread(operand, size));
      return new BatchTensor(apply(together, parameters), owner, size);
    }
    return new BatchTensor(
      oneByOne(primitive, given, parameters, size, () => primitive.type(operands, parameters)),
      owner,
      size,
    );
  }
}

function entriesAt(x: Tensor, level: Level): Entries {
  return x instanceof BatchTensor && x.owner === level
    ? { x: x.inner, isMapped: true }
    : { x, isMapped: false };
}

/** Applies an unknown primitive to each entry separately. */
function oneByOne(
  primitive: Primitive,
  operands: readonly Entries[],
  parameters: Parameters,
  size: number,
  type: () => TensorType,
): Tensor {
  if (size === 0) {
    const { shape, dtype } = type();
    return zeros([0, ...shape], { dtype });
  }
  const entries = Array.from({ length: size }, (_, at) =>
    bind(
      primitive,
      operands.map(({ x, isMapped }) => (isMapped ? entryOf(x, at) : x)),
      parameters,
    ),
  );
  return stack(entries);
}

function entryOf(x: Tensor, at: number): Tensor {
  const rest = x.shape.slice(1);
  return reshaped(bind(slice, [x], { begin: [at, ...rest.map(() => 0)], end: [at + 1, ...rest] }), rest);
}

function sizeOfBatch(name: string, args: readonly Tree[]): number {
  const leaves = args.flatMap((arg, i) => pathsOf(arg, `argument ${i}`));
  guard.argument(name, 'the arguments', leaves, atLeastOne);
  for (const { path, tensor } of leaves)
    if (tensor.shape.length === 0)
      throw new ShapeError(
        `${name}: ${path} is a scalar; each argument needs a leading axis, one entry for each of the batch`,
      );
  const [first] = leaves;
  const other = leaves.find(({ tensor }) => tensor.shape[0] !== first.tensor.shape[0]);
  if (other !== undefined)
    throw new ShapeError(
      `${name}: ${first.path} has ${first.tensor.shape[0]} entries along the leading axis, ${other.path} has ${other.tensor.shape[0]}`,
    );
  return first.tensor.shape[0];
}

const atLeastOne: guard.Check = {
  what: 'at least one tensor; f may close over what is the same for all entries',
  holds: (leaves) => (leaves as unknown[]).length > 0,
};
