// What goes wrong with files of other programs, as typed errors; and which file is no safetensors file but a well-known other.
import { SluiceError } from "@sluice/core";
import type { Failures } from "@sluice/nn/kit";

export function corrupt(who: string, what: string, cause?: unknown): SluiceError {
  return new SluiceError({ code: "FILE_CORRUPT", who, what, fix: "It was cut short or damaged: take another copy", cause });
}

/** FILE_CORRUPT and FILE_FOREIGN, as `who` says them. `prefix` is what the file begins with. */
export function failuresOf(who: string, prefix: Uint8Array): Failures {
  return {
    corrupt: (what, cause) => (isPickle(prefix) ? pickled(who, prefix) : corrupt(who, what, cause)),
    foreign: (what) =>
      isPickle(prefix)
        ? pickled(who, prefix)
        : new SluiceError({ code: "FILE_FOREIGN", who, what, fix: "Take a safetensors file, of types that the format has" }),
  };
}

/** Throws FILE_FOREIGN, with what to do, for what `torch.save` wrote. */
export function refusePickle(who: string, bytes: Uint8Array): void {
  if (isPickle(bytes)) throw pickled(who, bytes);
}

/** A zip ("PK", of PyTorch 1.6 and later) or a bare pickle of protocol 2 to 5, as before; where a header could begin, it is none. */
function isPickle(bytes: Uint8Array): boolean {
  const [first, second = 0, third, fourth] = bytes;
  if (bytes[8] === 0x7b) return false;
  if (first === 0x50 && second === 0x4b) return third === 3 && fourth === 4;
  return first === 0x80 && second >= 2 && second <= 5 && third !== 0;
}

function pickled(who: string, [first]: Uint8Array): SluiceError {
  const isZip = first === 0x50;
  return new SluiceError({
    code: "FILE_FOREIGN",
    who,
    what: `it is ${isZip ? "a zip file, as torch.save writes" : "a file of torch.save"} (.pt, .pth, .bin): a pickle, which is a program that would have to be run, not data to be read`,
    fix: `${isZip ? "A .keras file is a zip too: fromKeras reads it. " : ""}Where you trust it, write it again in Python:\n\n${recipe}\n`,
    facts: { format: "pickle" },
  });
}

const recipe = `    import torch; from safetensors.torch import save_file
    state = torch.load("model.pt", map_location="cpu", weights_only=True)  # or model.state_dict()
    save_file({name: tensor.clone().contiguous() for name, tensor in state.items()}, "model.safetensors")`;
