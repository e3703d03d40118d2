export type Setting = number | string | boolean;

/** A thing by its name, with its settings. */
export type Named = Readonly<Record<string, Setting>> & { readonly name: string };
