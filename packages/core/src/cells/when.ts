// How the weights of a cell follow from its options, in types: a misspelt or absent one does not compile.

/** W where an option is set, nothing where it is not; where only running will tell, W perhaps. */
export type When<Option, W> = [Option] extends [false | undefined]
  ? unknown
  : false extends Option
    ? Partial<W>
    : undefined extends Option
      ? Partial<W>
      : W;
