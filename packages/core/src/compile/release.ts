// Giving back what a backend holds. What is closed has given back everything already.
import { SluiceError } from "../errors.ts";

export function release(destroy: () => void): void {
  try {
    destroy();
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === "DISPOSED")) throw error;
  }
}
