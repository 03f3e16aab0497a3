// The symbols of explicit resource management, for runtimes that have them and for those that do not yet.

/** Symbol.dispose: `using x = …` calls it. */
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? (Symbol.for("Symbol.dispose") as typeof Symbol.dispose);

/** Symbol.asyncDispose: `await using x = …` calls it. */
export const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? (Symbol.for("Symbol.asyncDispose") as typeof Symbol.asyncDispose);
