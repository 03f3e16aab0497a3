/** What keeps divisors and logarithms from 0, in measures that take probabilities, rates or lengths as they are: Keras's. */
export const epsilon = 1e-7;
