// The names of the functions that cells take.
import { activations, type Activation } from "@sluice/core";
import { oneOf, type Rule } from "@sluice/core/arguments";

export const anyActivation: Rule<Activation> = oneOf(...(Object.keys(activations) as Activation[])); // a constant record
