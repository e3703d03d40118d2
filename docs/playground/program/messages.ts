/** Messages of the worker that runs a program. */
export type FromProgram =
  | { readonly kind: 'printed'; readonly text: string; readonly isComplaint: boolean }
  /** It prints more than is shown. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'failed'; readonly sentence: string; readonly line: number | undefined }
  | { readonly kind: 'over'; readonly milliseconds: number };
