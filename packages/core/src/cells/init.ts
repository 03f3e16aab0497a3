// The ways in which a weight may start.

/**
 * - "glorotUniform": U(−a, a) with a = √(6 / (rows + columns)) (Glorot & Bengio 2010);
 * - "orthogonal": orthonormal rows or columns, whichever are fewer (Saxe et al. 2014);
 * - "zeros", "ones", a constant, or uniform in ±a;
 * - columns: equal blocks of the last axis, each in its own way.
 */
export type Init =
  | "glorotUniform"
  | "orthogonal"
  | "zeros"
  | "ones"
  | { readonly constant: number }
  | { readonly uniform: number }
  | { readonly columns: readonly Init[] };
