/** A JSON Schema (2020-12), as OpenAPI 3.1 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Of how many there are of something. */
export const COUNT_SCHEMA: JsonSchema = { type: "integer", minimum: 0 };

/** Of an object that has all of these members. */
export function objectSchema(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: "object", properties, required: Object.keys(properties) };
}
