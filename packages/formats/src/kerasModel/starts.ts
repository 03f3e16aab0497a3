// How weights start, what their size costs and what they are kept to: from Keras's objects and back. They matter for training alone.
import type { Constraint, Penalties, Regularizer } from "@sluice/nn";
import { field, isRecord, type Json, type JsonRecord, textField } from "./json.ts";

const plain = {
  ...{ GlorotUniform: "glorotUniform", GlorotNormal: "glorotNormal", HeUniform: "heUniform", HeNormal: "heNormal" },
  ...{ LecunUniform: "lecunUniform", LecunNormal: "lecunNormal", Zeros: "zeros", Ones: "ones" },
} as const;

const modes = { fan_in: "fanIn", fan_out: "fanOut", fan_avg: "fanAvg" } as const;
const distributions = {
  uniform: "uniform",
  truncated_normal: "truncatedNormal",
  normal: "truncatedNormal",
  untruncated_normal: "untruncatedNormal",
} as const;

/** The options of @sluice/nn; undefined for one that cannot be said there. */
export function initializerIn(given: Json): Json | undefined {
  const name = classOf(given),
    number = (option: string): number => numberIn(given, option, NaN);
  if (name === undefined) return undefined;
  if (Object.hasOwn(plain, name)) return plain[name as keyof typeof plain]; // as was just seen
  const isCentred = numberIn(given, "mean", 0) === 0;
  switch (name) {
    case "RandomUniform":
      return finite([number("minval"), number("maxval")]) && { uniform: [number("minval"), number("maxval")] };
    case "RandomNormal":
      return isCentred && finite([number("stddev")]) ? { normal: number("stddev") } : undefined;
    case "TruncatedNormal":
      return isCentred && finite([number("stddev")]) ? { truncatedNormal: number("stddev") } : undefined;
    case "Constant":
      return finite([number("value")]) && { constant: number("value") };
    case "Orthogonal":
      return { orthogonal: numberIn(given, "gain", 1) };
    case "Identity":
      return { identity: numberIn(given, "gain", 1) };
    case "VarianceScaling":
      return scalingIn(given);
    default:
      return undefined;
  }
}

function scalingIn(given: Json): Json | undefined {
  const config = field(given, "config"),
    mode = textField(config, "mode") ?? "fan_in",
    distribution = textField(config, "distribution") ?? "truncated_normal";
  if (!Object.hasOwn(modes, mode) || !Object.hasOwn(distributions, distribution)) return undefined;
  return {
    varianceScaling: {
      scale: numberIn(given, "scale", 1),
      mode: modes[mode as keyof typeof modes], // as was just seen
      distribution: distributions[distribution as keyof typeof distributions], // likewise
    },
  };
}

export function regularizerIn(given: Json): Json | undefined {
  const isKnown = ["L1", "L2", "L1L2"].includes(classOf(given) ?? "");
  const price = (name: string): number => numberIn(given, name, 0);
  return isKnown && price("l1") >= 0 && price("l2") >= 0 ? { l1: price("l1"), l2: price("l2") } : undefined;
}

export function constraintIn(given: Json): Json | undefined {
  const axis = field(field(given, "config"), "axis") ?? 0;
  switch (classOf(given)) {
    case "NonNeg":
      return "nonNeg";
    case "UnitNorm":
      return { unitNorm: true, axis };
    case "MaxNorm":
      return { maxNorm: numberIn(given, "max_value", 2), axis };
    case "MinMaxNorm":
      return { minMaxNorm: [numberIn(given, "min_value", 0), numberIn(given, "max_value", 1)], rate: numberIn(given, "rate", 1), axis };
    default:
      return undefined;
  }
}

/** "GlorotUniform", also of the names of functions: "glorot_uniform", "glorotUniform". */
function classOf(given: Json): string | undefined {
  const name = typeof given === "string" ? given : textField(given, "class_name");
  if (name === undefined) return undefined;
  const pascal = name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
  const aliases: Readonly<Record<string, string>> = {
    IdentityInitializer: "Identity",
    OrthogonalInitializer: "Orthogonal",
    Zero: "Zeros",
    One: "Ones",
    Uniform: "RandomUniform",
    Normal: "RandomNormal",
  };
  return Object.hasOwn(aliases, pascal) ? aliases[pascal] : pascal;
}

function numberIn(given: Json, name: string, otherwise: number): number {
  const value = field(field(given, "config"), name);
  return typeof value === "number" ? value : otherwise;
}

function finite(values: readonly number[]): true | undefined {
  return values.every(Number.isFinite) ? true : undefined;
}

type Keras = JsonRecord;

function object(module: string, name: string, config: JsonRecord): Keras {
  return { module: `keras.${module}`, class_name: name, config, registered_name: null };
}

const initializer = (name: string, config: JsonRecord = {}): Keras => object("initializers", name, config);

/** As Keras 3 has it; undefined for one that it has not. */
export function initializerOut(given: Json): Keras | undefined {
  if (typeof given === "string") {
    const found = Object.entries(plain).find(([, ours]) => ours === given)?.[0];
    if (found !== undefined) return initializer(found, found === "Zeros" || found === "Ones" ? {} : { seed: null });
    const others: Readonly<Record<string, Keras>> = {
      orthogonal: initializer("Orthogonal", { seed: null, gain: 1 }),
      identity: initializer("Identity", { gain: 1 }),
      randomUniform: initializer("RandomUniform", { seed: null, minval: -0.05, maxval: 0.05 }),
      randomNormal: initializer("RandomNormal", { seed: null, mean: 0, stddev: 0.05 }),
      truncatedNormal: initializer("TruncatedNormal", { seed: null, mean: 0, stddev: 0.05 }),
    };
    return Object.hasOwn(others, given) ? others[given] : undefined;
  }
  const [[way, amount] = ["", null]] = isRecord(given) ? Object.entries(given) : [];
  switch (way) {
    case "constant":
      return initializer("Constant", { value: amount });
    case "uniform":
      return initializer("RandomUniform", {
        seed: null,
        minval: Array.isArray(amount) ? (amount[0] as Json) : -Number(amount),
        maxval: Array.isArray(amount) ? (amount[1] as Json) : amount,
      }); // prettier-ignore -- a pair
    case "normal":
      return initializer("RandomNormal", { seed: null, mean: 0, stddev: amount });
    case "truncatedNormal":
      return initializer("TruncatedNormal", { seed: null, mean: 0, stddev: amount });
    case "orthogonal":
      return initializer("Orthogonal", { seed: null, gain: amount });
    case "identity":
      return initializer("Identity", { gain: amount });
    case "varianceScaling":
      return initializer("VarianceScaling", { seed: null, ...scalingOut(amount) });
    default:
      return undefined;
  }
}

function scalingOut(amount: Json): JsonRecord {
  const named = (table: Readonly<Record<string, string>>, ours: string): string =>
    Object.entries(table).find(([, one]) => one === ours)?.[0] ?? ours;
  return {
    scale: field(amount, "scale") ?? 1,
    mode: named(modes, textField(amount, "mode") ?? "fanIn"),
    distribution: named(distributions, textField(amount, "distribution") ?? "truncatedNormal"),
  };
}

const named: Readonly<Record<Exclude<Regularizer, object>, Penalties>> = {
  l1: { l1: 0.01 },
  l2: { l2: 0.01 },
  l1L2: { l1: 0.01, l2: 0.01 },
};

export function regularizerOut(given: Regularizer): Keras {
  const { l1 = 0, l2 = 0 } = typeof given === "string" ? named[given] : given;
  return object("regularizers", "L1L2", { l1, l2 });
}

export function constraintOut(given: Constraint): Keras {
  const norm = (name: string, config: JsonRecord): Keras => object("constraints", name, config);
  if (given === "nonNeg") return norm("NonNeg", {});
  if (given === "unitNorm") return norm("UnitNorm", { axis: 0 });
  if (given === "maxNorm") return norm("MaxNorm", { max_value: 2, axis: 0 });
  if (given === "minMaxNorm") return norm("MinMaxNorm", { min_value: 0, max_value: 1, rate: 1, axis: 0 });
  const axis = (given.axis ?? 0) as Json; // a number, or a list of them
  if ("unitNorm" in given) return norm("UnitNorm", { axis });
  if ("maxNorm" in given) return norm("MaxNorm", { max_value: given.maxNorm, axis });
  const [min_value, max_value] = given.minMaxNorm;
  return norm("MinMaxNorm", { min_value, max_value, rate: given.rate ?? 1, axis });
}
