/**
 * A value of JSON. Integers beyond ±(2⁵³ − 1) are a `bigint`; `NaN` and infinities are read, as Python
 * reads them, but not written.
 */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** How deep arrays and objects may lie in each other: about what Python's own reader and writer stand. */
export const MAX_JSON_DEPTH = 900;
