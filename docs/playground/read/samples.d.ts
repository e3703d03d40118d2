/** Beginnings of the data in cli/data, put there by the build. */
declare module 'norewind:samples' {
  export const book: string;
  export const births: string;
}
