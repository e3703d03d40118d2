/** A record by the names of its columns, before anything is known of their kinds. */
export interface Fields {
  readonly where: string;
  get(column: string): unknown;
}
