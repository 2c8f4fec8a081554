/**
 * Where the collector answers otherwise than Theia 0.9.2 did, and why. What is not listed here must
 * be answered alike.
 */
export interface Deviation {
  readonly reason: string;
  /** Ids of the events that must arrive or be stored instead, where they are others. */
  readonly ids?: readonly string[];
  /** What the error must name, where an error is answered instead. */
  readonly error?: RegExp;
  /** Whether the upgrade is refused. */
  readonly refused?: true;
}

const UNKNOWN_PATH =
  "an unknown path is answered with 404; 0.9.2 upgraded it and answered with empty texts";
const EMPTY_CONTENT = "0.9.2 let an event with empty content match every content pattern";
const BAD_REGEX = "a bad pattern is an error that names its key; 0.9.2 answered ok, then nothing";
const WRONG_TYPE = "a wrong type is an error that names its key; 0.9.2 answered ok, then nothing";
const OPTIONAL_START = "every key is optional; 0.9.2 wanted a start for find";
const NULL_IS_ABSENT = "null is a key that is not given";
const UTF16 = "criteria are UTF-8; 0.9.2 guessed UTF-16 from the bytes";

/** By name of the case. */
export const DEVIATIONS: Readonly<Record<string, Deviation>> = {
  "naive//message": { reason: UNKNOWN_PATH, refused: true },
  "naive/FIND/message": { reason: UNKNOWN_PATH, refused: true },
  "naive/nope/message": { reason: UNKNOWN_PATH, refused: true },
  "naive/nope/binary-message": { reason: UNKNOWN_PATH, refused: true },
  "naive/find?x=1/message": {
    reason: "a query string does not make it another path",
    ids: [],
  },

  "naive/event/preamble-missing": {
    reason: "at the doors one event without preamble is taken, as 0.9.2's documents have it",
    ids: ["x"],
  },
  "naive/event/header-line-without-colon": {
    reason:
      "the rest of a multi-line value is kept, as 0.9.2's documents have it; it raised an exception",
    ids: ["nocolon"],
  },
  "naive/event/unknown-header": {
    reason: "unknown headers are kept, as 0.9.2's documents have it; it raised an exception",
    ids: ["xhdr"],
  },
  "naive/event/timestamp-nan": {
    reason: "not a number is malformed for all; 0.9.2 delivered it live and failed to store it",
    ids: [],
  },
  "naive/event/missing-id": { reason: "an id is made where there is none; 0.9.2 wrote 'None'" },
  "naive/event/no-headers-at-all": {
    reason: "an id is made and the source is empty; 0.9.2 wrote 'None' for both",
  },
  "naive/event/header-size-too-small": {
    reason: "the source is empty; 0.9.2 wrote 'None'. The rest is reported as malformed",
  },
  "naive/event/header-values-padded": {
    reason: "blanks after the colon are no part of the value; the bytes are kept",
  },

  "naive/find/empty-object": { reason: OPTIONAL_START, ids: ["f-1", "f-2", "f-3", "f-4"] },
  "naive/find/start-null": { reason: OPTIONAL_START, ids: ["f-1", "f-2", "f-3", "f-4"] },
  "naive/find/start-string": { reason: WRONG_TYPE, error: /'start' must be/ },
  "naive/find/tags-is-a-string": { reason: WRONG_TYPE, error: /'tags' must be/ },
  "naive/find/unknown-key": {
    reason: "an unknown key is an error, as on live; 0.9.2 passed over it on find",
    error: /unknown key 'foo'/,
  },
  "naive/find/order-invalid": { reason: WRONG_TYPE, error: /'order' must be/ },
  "naive/find/order-desc": {
    reason: "desc is answered; 0.9.2 returned nothing",
    ids: ["f-4", "f-3", "f-2", "f-1"],
  },
  "naive/find/content-invalid-regex": { reason: BAD_REGEX, error: /'content'/ },
  "naive/find/tags-regex-invalid": { reason: BAD_REGEX, error: /'tags'/ },
  "naive/find/regex-js-named-group": {
    reason:
      "the group syntax of JavaScript is taken beside Python's; 0.9.2 answered ok, then nothing",
    ids: ["x-1"],
  },
  "naive/find/content-docs-regex": { reason: EMPTY_CONTENT, ids: ["f-2"] },
  "naive/find/content-fullmatch": { reason: EMPTY_CONTENT, ids: ["f-1"] },
  "naive/find/content-inline-flag": { reason: EMPTY_CONTENT, ids: ["f-3"] },
  "naive/find/content-no-such": { reason: EMPTY_CONTENT, ids: [] },
  "naive/find/content-prefix": { reason: EMPTY_CONTENT, ids: ["f-1"] },
  "naive/find/content-second-line": { reason: EMPTY_CONTENT, ids: [] },
  "naive/find/content-substring": { reason: EMPTY_CONTENT, ids: ["f-2", "f-3"] },
  "naive/find/binary-criteria-bad-utf8": { reason: UTF16, error: /UTF-8/ },
  "naive/find/json-null": {
    reason: "the error says so in our words",
    error: /must be a JSON object/,
  },
  "naive/find/json-string": {
    reason: "the error says so in our words",
    error: /must be a JSON object/,
  },
  "naive/find/error-then-good": {
    reason: "the error says so in our words",
    error: /JSON/,
    ids: ["f-4"],
  },

  "naive/live/json-array": {
    reason: "the error says so in our words",
    error: /must be a JSON object/,
  },
  "naive/live/json-null": {
    reason: "the error says so in our words",
    error: /must be a JSON object/,
  },
  "naive/live/invalid-json": { reason: "the error says so in our words", error: /JSON/ },
  "naive/live/empty-message": { reason: "the error says so in our words", error: /JSON/ },
  "naive/live/unknown-key": {
    reason: "the error says so in our words",
    error: /unknown key 'foo'/,
  },
  "naive/live/second-criteria-error-keeps-first": {
    reason: "the error says so in our words",
    error: /unknown key 'foo'/,
    ids: ["f-1"],
  },
  "naive/live/content-wrong-type": {
    reason: "the error says so in our words",
    error: /'content' must be/,
  },
  "naive/live/tags-wrong-type": {
    reason: "the error says so in our words",
    error: /'tags' must be/,
  },
  "naive/live/start-string": { reason: "the error says so in our words", error: /'start' must be/ },
  "naive/live/start-null": { reason: NULL_IS_ABSENT, ids: ["f-1", "f-2", "f-3", "f-4"] },
  "naive/live/start-true": { reason: WRONG_TYPE, error: /'start' must be/ },
  "naive/live/tags-with-non-strings": { reason: WRONG_TYPE, error: /'tags' must be/ },
  "naive/live/end-zero": {
    reason: "an end of 0 is open",
    ids: ["f-1", "f-2", "f-3", "f-4"],
  },
  "naive/live/order-key": {
    reason: "criteria are the same for find and live; 0.9.2 refused order on live",
    ids: ["f-1", "f-2", "f-3", "f-4"],
  },
  "naive/live/tags-regex": {
    reason: "tags are patterns on live as on find; 0.9.2 compared them as they are",
    ids: ["f-2"],
  },
  "naive/live/invalid-regex-breaks-later-subscribers": {
    reason: "a bad pattern is refused and breaks nobody else's subscription",
    ids: ["f-1"],
  },
  "naive/shutdown/live": { reason: "a stop closes with 1001, going away" },
};
