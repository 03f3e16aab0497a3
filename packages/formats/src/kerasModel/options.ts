// How one option of one of Keras's layers becomes options of @sluice/nn. What cannot is refused by name.
import { activationIn, type Era } from "./activations.ts";
import { field, isList, type Json, type JsonRecord, same, shown, textField } from "./json.ts";
import { constraintIn, initializerIn, regularizerIn } from "./starts.ts";

export type Translated = { readonly give: JsonRecord } | { readonly refuse: string; readonly fix: string };

/** `value` is not null: what is null is as if it were not there. */
export type OptionRule = (value: Json, era: Era) => Translated;

export type OptionRules = Readonly<Record<string, OptionRule>>;

/** Says the same under another name; @sluice/nn checks it. */
export const as =
  (name: string): OptionRule =>
  (value) => ({ give: { [name]: value } });

/** Changes no number of inference, or is spoken of elsewhere. */
export const ignored: OptionRule = () => ({ give: {} });

/** Only as one of these. */
export const only =
  (fix: string, ...values: readonly Json[]): OptionRule =>
  (value) =>
    values.some((one) => same(one, value)) ? { give: {} } : { refuse: `is ${shown(value)}`, fix };

/** A number, or a list of one. */
export const single =
  (name: string): OptionRule =>
  (value) => {
    const [first = null, ...more] = isList(value) ? value : [value];
    return more.length === 0 && first !== null
      ? { give: { [name]: first } }
      : { refuse: `is ${shown(value)}`, fix: "there is one axis of steps" };
  };

/** As many as there are axes; a list of one says the same as the one. */
export const axes =
  (name: string): OptionRule =>
  (value) => ({ give: { [name]: isList(value) && value.length === 1 ? (value[0] ?? null) : value } });

/** A number, or one for each feature; NumPy's as Keras writes them. A list of one says the same as the one. */
export const constants =
  (name: string): OptionRule =>
  (value) => {
    const plain = textField(value, "class_name") === "__numpy__" ? (field(field(value, "config"), "value") ?? null) : value;
    return { give: { [name]: isList(plain) && plain.length === 1 ? (plain[0] ?? null) : plain } };
  };

export const activation =
  (name: string): OptionRule =>
  (value, era) => {
    const found = activationIn(value, era);
    return found === undefined
      ? { refuse: `is ${shown(value)}`, fix: "put a layer behind it that does this" }
      : { give: { [name]: found } };
  };

/** Of weights that Keras calls so, what training needs: mapped as far as @sluice/nn has it. It changes no number of inference. */
export function weightRules(...names: readonly string[]): OptionRules {
  const where = (name: string, kind: string, read: (value: Json) => Json | undefined): [string, OptionRule] => [
    `${name}_${kind.toLowerCase()}`,
    (value) => {
      const found = read(value);
      return { give: found === undefined ? {} : { [`${name}${kind}`]: found } };
    },
  ];
  return Object.fromEntries(
    names.flatMap((name) => [
      where(name, "Initializer", initializerIn),
      where(name, "Regularizer", regularizerIn),
      where(name, "Constraint", constraintIn),
    ]),
  );
}

/** Those of weights that @sluice/nn says nothing of. */
export function unsaid(...names: readonly string[]): OptionRules {
  return Object.fromEntries(
    names.flatMap((name) => ["initializer", "regularizer", "constraint"].map((kind) => [`${name}_${kind}`, ignored])),
  );
}

export const activityRule: OptionRules = {
  activity_regularizer: (value) => {
    const found = regularizerIn(value);
    return { give: found === undefined ? {} : { activityRegularizer: found } };
  },
};

/** A whole number fixes the masks; Keras's generator of random numbers is another. */
export const seedRule: OptionRules = { seed: (value) => ({ give: typeof value === "number" ? { seed: value } : {} }) };

export const lastFirst = only("move the features to the last axis: keras.layers.Permute", "channels_last");
