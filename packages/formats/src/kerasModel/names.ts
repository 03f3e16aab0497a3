// What layers are called in Keras's files of weights, and here.

/** "LayerNormalization" → "layer_normalization", "Conv1D" → "conv1d", as Keras has it: its groups of variables are named by class. */
export function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/** What @sluice/nn takes as the name of a layer: a letter, then letters, digits, "_" and "-". */
export function nameHere(name: string): string {
  const clean = name.replace(/[^\w-]/g, "_");
  return /^[A-Za-z]/.test(clean) ? clean : `layer_${clean}`;
}
