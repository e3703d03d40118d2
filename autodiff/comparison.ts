import { DerivativeError, type Shape, sizeOf } from '../lib/index.ts';

/** The position of an element among all elements of the inputs or outputs, or a direction that mixes them. */
export type Element = number | 'random';

/** The names of a checked function's inputs and outputs. */
export interface Names {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly inputShapes: readonly Shape[];
  readonly outputShapes: readonly Shape[];
}

/** Keeps the worst of many comparisons. */
export class Comparison {
  readonly #where: string;
  readonly #names: Names;
  readonly #report: { compared: number; worst: number };
  #excess = 0;
  #message = '';

  constructor(where: string, names: Names, report: { compared: number; worst: number }) {
    this.#where = where;
    this.#names = names;
    this.#report = report;
  }

  /** Compares one entry of the Jacobian: the rule's number with the reference. */
  note(
    what: string,
    rule: number,
    reference: number,
    allowed: number,
    output: Element,
    input?: Element,
  ): void {
    this.#report.compared++;
    if (Object.is(rule, reference) || rule === reference) return;
    const apart = Math.abs(rule - reference);
    const excess = Number.isFinite(apart) && allowed > 0 ? apart / allowed : Number.POSITIVE_INFINITY;
    this.#report.worst = Math.max(this.#report.worst, excess);
    if (excess <= this.#excess) return;
    this.#excess = excess;
    const { inputs, inputShapes, outputs, outputShapes } = this.#names;
    const [above, below] = [
      locate(output, outputs, outputShapes),
      input !== undefined && locate(input, inputs, inputShapes),
    ];
    this.#message = `${this.#where}: ${what}: ${below === false ? above : `d ${above} / d ${below}`}: the rule returns ${rule} instead of ${reference}`;
  }

  /** @throws DerivativeError if a comparison exceeded its tolerance. */
  settle(): void {
    if (this.#excess > 1) throw new DerivativeError(this.#message);
  }
}

/** `argument 0 at w[2,1]`. */
function locate(element: Element, names: readonly string[], shapes: readonly Shape[]): string {
  if (element === 'random') return 'a random direction';
  let rest = element;
  const leaf = shapes.findIndex((shape) => {
    if (rest < sizeOf(shape)) return true;
    rest -= sizeOf(shape);
    return false;
  });
  const index: number[] = [];
  for (const length of [...shapes[leaf]].reverse()) {
    index.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return `${names[leaf]}${index.length === 0 ? '' : `[${index.join(',')}]`}`;
}
