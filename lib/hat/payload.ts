import { formatJson, parseJson } from "./json_text.ts";
import type { JsonValue } from "./json_value.ts";

/** What an event carries: bytes with a name for their kind, or JSON. */
export type EventPayload = EventPayloadBinary | EventPayloadJson;

/**
 * Bytes with a name for their kind.
 *
 * @example
 * ```ts
 * import { EventPayloadBinary } from "@theia/collector/hat";
 *
 * const payload = new EventPayloadBinary("image/png", new Uint8Array([0x89, 0x50]));
 * ```
 */
export class EventPayloadBinary {
  /** Which of the two payloads it is. */
  readonly kind = "binary";
  /** What the bytes are, in the producer's own terms. */
  readonly type: string;
  /** The bytes. */
  readonly data: Uint8Array;

  /**
   * Makes a payload of bytes.
   *
   * @param type What the bytes are, in the producer's own terms.
   * @param data The bytes; they are not copied.
   * @throws {TypeError} When a part has the wrong kind.
   */
  constructor(type: string, data: Uint8Array) {
    if (typeof type !== "string") throw problem("type", "must be a string", type);
    if (!(data instanceof Uint8Array)) throw problem("data", "must be a Uint8Array", data);
    this.type = type;
    this.data = data;
  }
}

/**
 * JSON, as a value and as text. Text that came in is kept and goes out byte for byte, so that what
 * JavaScript cannot tell apart, such as `1` and `1.0`, survives.
 *
 * @example
 * ```ts
 * import { EventPayloadJson } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * assert.equal(EventPayloadJson.of({ on: true, level: 0.5 }).text, '{"on": true, "level": 0.5}');
 * const payload = EventPayloadJson.fromText("[1.0,2]");
 * assert.deepEqual(payload.data, [1, 2]);
 * assert.equal(payload.text, "[1.0,2]");
 * ```
 */
export class EventPayloadJson {
  /** Which of the two payloads it is. */
  readonly kind = "json";
  /** The JSON text. */
  readonly text: string;
  #data: JsonValue | undefined;

  private constructor(text: string) {
    this.text = text;
  }

  /**
   * The payload with this value, written at once as Python's `json.dumps` does.
   *
   * @throws {TypeError} When there is something in it that JSON does not have.
   */
  static of(data: JsonValue): EventPayloadJson {
    return new EventPayloadJson(formatJson(data));
  }

  /**
   * The payload with this text.
   *
   * @param text Any JSON text; it is checked at once.
   * @throws {TypeError} When it is not a string.
   * @throws {SyntaxError} When it is not JSON.
   */
  static fromText(text: string): EventPayloadJson {
    if (typeof text !== "string") throw problem("text", "must be a string", text);
    parseJson(text);
    return new EventPayloadJson(text);
  }

  /**
   * The payload with a text that was checked before, such as one from a store. Were it no JSON after
   * all, asking for `data` would throw.
   */
  static fromKnownText(text: string): EventPayloadJson {
    return new EventPayloadJson(text);
  }

  /** The value: read when it is asked for the first time, later the same. Do not change it. */
  get data(): JsonValue {
    return this.#data ??= parseJson(this.text);
  }
}

/**
 * Checks that something is a payload: for values that come from outside.
 *
 * @throws {TypeError} When it is not.
 */
export function assertPayload(value: unknown): asserts value is EventPayload {
  if (value instanceof EventPayloadBinary || value instanceof EventPayloadJson) return;
  throw problem("payload", "must be an EventPayloadBinary or EventPayloadJson", value);
}

function problem(part: string, rule: string, value: unknown): TypeError {
  return new TypeError(`Cannot make payload as '${part}' ${rule}: current value is ${value}`);
}
