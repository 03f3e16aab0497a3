// What is needed of linear algebra, on the host in float64, as ml-matrix has it.
import { EigenvalueDecomposition, Matrix, QrDecomposition } from "ml-matrix";

/** Row by row. */
export type Rows = readonly (readonly number[])[];

/** The largest |λ| of a square matrix. */
export function spectralRadius(matrix: Rows): number {
  const { realEigenvalues: re, imaginaryEigenvalues: im } = new EigenvalueDecomposition(new Matrix(matrix.map((row) => [...row])));
  return re.reduce((most, x, i) => Math.max(most, Math.hypot(x, im[i] ?? 0)), 0);
}

/** Q and R of matrix·q, with R's diagonal alone. */
export function nextBasis(matrix: Rows, q: Matrix): { readonly q: Matrix; readonly diagonal: readonly number[] } {
  const decomposed = new QrDecomposition(new Matrix(matrix.map((row) => [...row])).mmul(q));
  return { q: decomposed.orthogonalMatrix, diagonal: decomposed.upperTriangularMatrix.diag() };
}

export function identity(size: number): Matrix {
  return Matrix.eye(size);
}

/** Eigenvalues of a symmetric matrix, the largest first, each with its vector. */
export function symmetricEigen(matrix: Rows): readonly { readonly value: number; readonly vector: readonly number[] }[] {
  const decomposed = new EigenvalueDecomposition(new Matrix(matrix.map((row) => [...row])), { assumeSymmetric: true });
  const vectors = decomposed.eigenvectorMatrix;
  return decomposed.realEigenvalues.map((value, i) => ({ value, vector: vectors.getColumn(i) })).toSorted((a, b) => b.value - a.value);
}
