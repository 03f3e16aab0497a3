// A trial that ends its thread for some options.
/** @type {import("@sluice/search").Trial<{ x: number }>} */
export default function leaves({ x }) {
  if (x < 0.3) process.exit(3);
  return x;
}
