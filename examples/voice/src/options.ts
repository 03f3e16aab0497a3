// What the user may say on the command line.
import { parseArgs } from "node:util";
import { SluiceError } from "@sluice/core";
import { versions, type Version } from "./net.ts";

export interface Options {
  /** A WAV file; the speech that comes along where none is named. */
  readonly file: string | undefined;
  readonly model: Version;
  /** Speech begins where a probability reaches this. */
  readonly threshold: number;
  /** Whether to train further, and how loud the noise is to be. */
  readonly learn: boolean;
}

export const who = "voice.options";

export const helpText = `Says when somebody speaks: Silero VAD, a pretrained ONNX file, on 32 ms of sound at a time.

npm start -- [FILE.wav] [options]     without a file: eleven seconds of an inaugural address

  --model v5|v6      which of Silero's networks (v6)
  --threshold P      speech begins where its probability reaches this (0.5)
  --learn            hears the file in loud noise, learns from its first half, and hears again
  --help             this text
`;

/** "help" asks for the explanation. Throws INVALID_ARGUMENT for an option there is not, and for a value that does not fit. */
export function parseOptions(args: readonly string[]): Options | "help" {
  const { values, positionals } = tokens(args);
  if (values.help === true) return "help";
  const { model = "v6", threshold = "0.5", learn = false } = values;
  const version = versions.find((each) => each === model);
  if (version === undefined) throw refused(`--model takes ${versions.join(" or ")}, got "${model}"`, "For example --model v5");
  if (!(Number(threshold) > 0 && Number(threshold) < 1))
    throw refused(`--threshold takes a number between 0 and 1, got "${threshold}"`, "For example --threshold 0.6");
  if (positionals.length > 1) throw refused(`one file is heard, got ${positionals.length}`, "Name one");
  return { file: positionals[0], model: version, threshold: Number(threshold), learn };
}

function tokens(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        model: { type: "string" },
        threshold: { type: "string" },
        learn: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (cause) {
    const [what = ""] = (cause as Error).message.split(/\.\s|\n/); // Node's own remedies are not ours
    throw refused(`${what.charAt(0).toLowerCase()}${what.slice(1)}`, "The options are --model, --threshold, --learn, --help");
  }
}

function refused(what: string, fix: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix });
}
