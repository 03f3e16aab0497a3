// What a way to start may be, for layers and cells that let their users choose one.
import { finite, nonNegative, oneOf, type Rule } from "./rules.ts";
import { initNames, initWays, type InitWay, type PlainInit, type VarianceScaling } from "./init.ts";

/** Any but one in blocks, whose number is the weight's to say. */
export const anyInit: Rule<PlainInit> = {
  expected: `one of ${initNames.join(", ")}, or a record of one of ${Object.keys(initWays).join(", ")}`,
  accepts: isInit,
  names: initNames,
};

const pair = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every(finite.accepts) && Number(value[0]) <= Number(value[1]);

const scaling: Readonly<Record<keyof VarianceScaling, Rule<unknown>>> = {
  scale: nonNegative,
  mode: oneOf("fanIn", "fanOut", "fanAvg"),
  distribution: oneOf("uniform", "truncatedNormal", "untruncatedNormal"),
};

const accepts: Readonly<Record<InitWay, (value: unknown) => boolean>> = {
  constant: finite.accepts,
  uniform: (value) => finite.accepts(value) || pair(value),
  normal: nonNegative.accepts,
  truncatedNormal: nonNegative.accepts,
  varianceScaling: (value) =>
    isPlain(value) &&
    Object.keys(value).every((key) => Object.hasOwn(scaling, key)) &&
    Object.entries(scaling).every(([key, rule]) => value[key] === undefined || rule.accepts(value[key])),
  orthogonal: finite.accepts,
  identity: finite.accepts,
};

function isInit(value: unknown): value is PlainInit {
  if (typeof value === "string") return (initNames as readonly string[]).includes(value);
  if (!isPlain(value)) return false;
  const [[way, amount] = ["", undefined], ...more] = Object.entries(value).filter(([, one]) => one !== undefined);
  return more.length === 0 && Object.hasOwn(accepts, way) && accepts[way as InitWay](amount); // as was just seen
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === "[object Object]";
}
