// What helps a gradient that vanishes or explodes, by the kind of cell, with where it is from.
import type { RunName } from "../runs/recurrentRuns.ts";

export type FlowName = "vanishing" | "exploding" | "healthy" | "none";
type Ways = readonly string[];

const vanishing: Readonly<Record<string, Ways>> = {
  rnn: [
    "Take lstm or gru: their gates let a state through unchanged (Hochreiter & Schmidhuber 1997)",
    'Start the recurrence at the identity, with relu: recurrentInitializer: "identity", activation: "relu" (Le et al. 2015)',
  ],
  lstm: [
    "Start with the memory held for longer: a forgetBias of log(steps − 1) keeps it over about so many steps (Tallec & Ollivier 2018)",
    "Look at gateStatistics: a forget gate below 1 loses its share of the memory at every step",
  ],
  gru: [
    "Start with the state held for longer: a biasInitializer above 0 for the update gate, which keeps the old state (Tallec & Ollivier 2018)",
    "Look at gateStatistics: an update gate below 1 loses its share of the state at every step",
  ],
};
const anyVanishing: Ways = [
  "Shorten the way: attention over all steps, a pooling in place of the last step, or a loss at every step",
  "Normalise within the cell: layerNorm: true (Ba et al. 2016)",
];
const exploding: Ways = [
  "Clip: globalClipNorm in the optimizer (Pascanu et al. 2013)",
  'Start with a recurrence that keeps norms: recurrentInitializer: "orthogonal" (Saxe et al. 2014), or lower a regularizer\'s bound on it',
  "Lower the learning rate, or warm it up",
  "Truncate: stateful with shorter windows, and carrySteps (Williams & Peng 1990)",
];

export function adviceFor(name: FlowName, { kind, cell }: Pick<RunName, "kind" | "cell">): Ways {
  switch (name) {
    case "healthy":
      return [];
    case "none":
      return ["Look at what the loss reads: no path leads from it to this layer, or what lies between is saturated or was stopped"];
    case "exploding":
      return exploding;
    case "vanishing":
      return [...(vanishing[kindOf(kind, cell)] ?? []), ...anyVanishing];
  }
}

/** "zoneout-lstm" and "attentionDecoder gru" are what they are made of. */
function kindOf(kind: string, cell: string): string {
  return (
    Object.keys(vanishing).find((known) => cell.endsWith(known) && known !== "rnn") ??
    (/(^|[- ])rnn$/.test(cell) || kind === "simpleRNN" ? "rnn" : kind)
  );
}
