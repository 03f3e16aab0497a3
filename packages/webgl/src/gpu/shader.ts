// One kernel as text, and what it takes: the currency between the steps, which write kernels, and the device, which runs them.

/**
 * A kernel over `length` threads in a row. Its arguments are textures t0, t1, …, then whole numbers p0, p1, …, then, if asked for, the
 * specials `inf` and `nan`: text cannot say them, and what would make them, as ∞ − ∞, some drivers take for 0. Of several outputs the first is returned, output i is passed to `out<i>`.
 */
export interface Shader {
  readonly code: string;
  readonly textures: number;
  readonly numbers: number;
  readonly specials: boolean;
  readonly outputs: number;
  /** Absent where each launch says it. */
  readonly length?: number;
}

/** The whole function from the lines of its body. */
export function shader({ lines, ...rest }: Omit<Shader, "code"> & { readonly lines: readonly string[] }): Shader {
  return { ...rest, code: `function (${argumentsOf(rest).join(", ")}) {\n${lines.join("\n")}\n}` };
}

/** The names of the arguments, in order. */
export function argumentsOf({ textures, numbers, specials }: Pick<Shader, "textures" | "numbers" | "specials">): string[] {
  const names = (letter: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${letter}${i}`);
  return [...names("t", textures), ...names("p", numbers), ...(specials ? ["inf", "nan"] : [])];
}
