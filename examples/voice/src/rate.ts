/** Samples a second that the network hears. */
export const sampleRate = 16_000;
