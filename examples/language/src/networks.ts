// The networks: n-grams that end with each character, embedded; one recurrent layer; the mean of both over the characters, and the language.
import { concatenate, dense, dropout, embedding, globalAveragePooling1D, gru, input, lstm, model, type Model } from "@sluice/nn";

export interface Shape {
  readonly units: number;
  /** Of an embedded n-gram. */
  readonly outputDim: number;
  /** Of what comes into the recurrent layer, and of what goes out. */
  readonly dropout: number;
}

export const networks = { gru: { title: "GRU" }, lstm: { title: "LSTM" } } as const;

export type NetworkName = keyof typeof networks;
export const networkNames = Object.keys(networks) as NetworkName[]; // of the literal above

export interface Ends {
  /** Indices of the alphabet. */
  readonly tokens: number;
  readonly languages: number;
  /** Characters of the longest piece. */
  readonly steps: number;
}

/** x [samples, steps], 0 where there is no character → logits [samples, languages]. The weights are the same for any number of steps. */
export function network(name: NetworkName, { units, outputDim, dropout: rate }: Shape, { tokens, languages, steps }: Ends): Model {
  const characters = input({ name: "text", shape: [steps], dtype: "i32" });
  const embedded = dropout({ rate })(embedding({ inputDim: tokens, outputDim, maskIndex: 0, name: "characters" })(characters));
  const options = { units, returnSequences: true, name: "recurrent" } as const;
  const read = (name === "gru" ? gru(options) : lstm(options))(embedded);
  const mean = globalAveragePooling1D()(concatenate()([embedded, read]));
  return model({ inputs: characters, outputs: dense({ units: languages, name: "languages" })(dropout({ rate })(mean)), name });
}
