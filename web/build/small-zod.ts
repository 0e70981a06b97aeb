import * as mini from 'zod/mini';

/**
 * What the page takes for zod: the same validators of zod's core, without the half of zod that makes JSON schemas, knows
 * e-mail addresses and words issues, none of which a page needs. The build puts it in zod's place (see vite.config.ts);
 * types are zod's own, and `small-zod.test.ts` holds the two against each other.
 */
type Schema = mini.ZodMiniType;
type Check = Parameters<Schema['check']>[0];

/** The methods that schemas of `protocol/` and `web/` are written with. */
function fluent<S extends Schema>(schema: S) {
  const checked = (check: unknown): Schema => fluent(schema.check(check as Check));
  const isNumber = schema.type === 'number';
  return Object.assign(schema, {
    describe: () => schema,
    optional: (): Schema => fluent(mini.optional(schema)),
    array: (): Schema => fluent(mini.array(schema)),
    min: (least: number) => checked(isNumber ? mini.gte(least) : mini.minLength(least)),
    max: (most: number) => checked(isNumber ? mini.lte(most) : mini.maxLength(most)),
    regex: (pattern: RegExp) => checked(mini.regex(pattern)),
  });
}

const object: typeof mini.object = (shape) => fluent(mini.object(shape));

/** Named as zod's. */
export const z = {
  object,
  string: () => fluent(mini.string()),
  // zod's own brings a parser of addresses along; the browser has one.
  url: () => fluent(mini.custom((value) => typeof value === 'string' && URL.canParse(value))),
  number: () => fluent(mini.number()),
  int: () => fluent(mini.int()),
  boolean: () => fluent(mini.boolean()),
  literal: (value: string) => fluent(mini.literal(value)),
  enum: (values: readonly string[]) => fluent(mini.enum(values)),
  array: (item: Schema) => fluent(mini.array(item)),
  tuple: (items: [Schema, ...Schema[]]) => fluent(mini.tuple(items)),
  custom: (isOne: (value: unknown) => boolean) => fluent(mini.custom(isOne)),
  discriminatedUnion: (key: string, options: Parameters<typeof mini.discriminatedUnion>[1]) =>
    fluent(mini.discriminatedUnion(key, options)),
};
