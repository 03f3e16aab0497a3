/** Of this package, as files name what wrote them. */
export const version = "0.1.0";
