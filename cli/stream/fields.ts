/** A record by the names of its columns, before anything is known of their kinds. */
export interface Fields {
  readonly where: string;
  /** The value of a column; null where it is missing. */
  get(column: string): unknown;
}

/**
 * An object of JSON by its entries.
 * @param exact takes the place of those that JSON.parse rounds.
 */
export function fieldsOf(object: object, where: string, exact: ReadonlyMap<string, bigint>): Fields {
  const record = object as Readonly<Record<string, unknown>>;
  return {
    where,
    // Own entries only: every object has a `constructor` by inheritance.
    get: (column) => exact.get(column) ?? (Object.hasOwn(record, column) ? record[column] : null),
  };
}
