// A trial that leaves behind an error and the end of its thread.
/** @type {import("@sluice/search").Trial<{ u: number }>} */
export default function strays({ u }) {
  void Promise.reject(new Error("stray"));
  setTimeout(() => process.exit(3), 1);
  return u;
}
