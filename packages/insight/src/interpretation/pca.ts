// Principal components: the directions along which points differ most.
import { SluiceError } from "@sluice/core";
import { checkSize } from "@sluice/core/arguments";
import { symmetricEigen } from "../matrices/matrices.ts";

export interface Pca {
  /** Of all points, by feature. */
  readonly mean: readonly number[];
  /** One unit vector for each component, the strongest first. Its largest element is above 0, so that the same points give the same signs. */
  readonly axes: readonly (readonly number[])[];
  /** The share of the variance along each. */
  readonly explained: readonly number[];
  /** Of each point, its place along each axis. */
  readonly points: readonly (readonly number[])[];
}

/**
 * The first `components` principal components of points (Pearson 1901; Hotelling 1933), by the eigenvectors of their covariance, in float64.
 *
 * Where all points are one, shares are 0. Throws INVALID_ARGUMENT for no points, points of unlike length, and more components than features.
 */
export function pca(points: readonly (readonly number[])[], components = 2): Pca {
  const who = "pca";
  checkSize(who, "components", components);
  if (!isPoints(points)) throw refused(who, "points must be a list of lists of finite numbers");
  const features = points[0]?.length ?? 0;
  if (points.length === 0 || points.some(({ length }) => length !== features))
    throw refused(who, "points must be at least one, all of as many numbers");
  if (components > features) throw refused(who, `${components} components of ${features} features are too many`);
  const mean = Array.from({ length: features }, (_, i) => points.reduce((sum, point) => sum + (point[i] ?? 0), 0) / points.length);
  const centred = points.map((point) => point.map((value, i) => value - (mean[i] ?? 0)));
  const covariance = mean.map((_, i) =>
    mean.map((_, j) => centred.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0) / points.length),
  );
  const all = symmetricEigen(covariance),
    total = covariance.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  const kept = all.slice(0, components).map(({ value, vector }) => ({ value, axis: signed(vector) }));
  return {
    mean,
    axes: kept.map(({ axis }) => axis),
    explained: kept.map(({ value }) => (total > 0 ? Math.max(0, value) / total : 0)),
    points: centred.map((row) => kept.map(({ axis }) => axis.reduce((sum, a, i) => sum + a * (row[i] ?? 0), 0))),
  };
}

function isPoints(points: unknown): boolean {
  return Array.isArray(points) && points.every((point) => Array.isArray(point) && point.every((value) => Number.isFinite(value)));
}

function signed(vector: readonly number[]): readonly number[] {
  const most = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) * (1 + 1e-9) ? value : best), 0);
  return most < 0 ? vector.map((value) => -value) : vector;
}

function refused(who: string, what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what });
}
