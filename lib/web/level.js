/** How serious an event says it is. @typedef {"error" | "warning" | "info" | "debug"} Level */

/** Where a line says its level: before its message, which may quote anything. */
const HEAD_CHARACTERS = 200;

/** The words of logging libraries and of syslog, in lower case. */
const LEVELS = new Map([
  ...levels("error", "emergency emerg panic alert fatal ftl critical crit severe error err"),
  ...levels("warning", "warning warn wrn"),
  ...levels("info", "notice information informational info inf"),
  ...levels("debug", "debug dbg dbug trace trc verbose finest finer fine"),
]);

const WORDS = [...LEVELS.keys()].join("|");

/** `level=warn`, `"severity": "ERROR"`; the numbers of JSON loggers: `"level":50`. */
const NAMED = new RegExp(
  `\\b(?:log[._]?)?(?:level|lvl|severity)["']?\\s*[=:]\\s*["']?(?:(${WORDS})\\b|([1-6])0\\b)`,
  "i",
);

/** `[error]`, `[core:warn]`, `<Notice>`, `(debug)`, `| INFO |`. */
const BRACKETED = new RegExp(`[\\[(<|]\\s*(?:[\\w-]+:)?(${WORDS})\\s*[\\])>|]`, "i");

/** A word in capitals of its own, no part of a name, a path or a number. */
const CAPITAL = new RegExp(`(?<![\\w./=-])(${WORDS.toUpperCase()})(?![\\w/=-]|\\.\\w)`);

/** `error: …`, at the beginning or after the name of a program. */
const WITH_COLON = new RegExp(`(?:^|[\\s:\\]])(${WORDS}):(?=\\s|$)`, "i");

/** Android's `04-01 10:00:00.000  123  456 E tag` and `E/tag`, and glog's `E0401 10:00:00`. */
const LETTER =
  /^(?:\d\d-\d\d \d\d:\d\d:\d\d\.\d+\s+\d+\s+\d+\s+([VDIWEFA])\s|([VDIWEFA])\/|([IWEF])\d{4} \d\d:)/;

/** @type {Readonly<Record<string, Level>>} */
const LETTERS = {
  V: "debug",
  D: "debug",
  I: "info",
  W: "warning",
  E: "error",
  F: "error",
  A: "error",
};

/** By the priority of syslog's `<13>`, of which the last three bits are the severity. */
const PRIORITY = /^<(1?\d?\d)>/;
/** @type {readonly Level[]} */
const SEVERITIES = ["error", "error", "error", "error", "warning", "info", "info", "debug"];

/** By the first digit of JSON loggers' numbers: 10 is trace, 60 is fatal. */
/** @type {readonly Level[]} */
const NUMBERED = ["debug", "debug", "debug", "info", "warning", "error", "error"];

/**
 * The level that the head of an event's content shows; undefined when it shows none.
 *
 * @param {string} content
 * @returns {Level | undefined}
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(levelOf("2026-11-26 10:00:00 [error] no route"), "error");
 * assert.equal(levelOf("no errors so far"), undefined);
 * ```
 */
export function levelOf(content) {
  const head = content.slice(0, HEAD_CHARACTERS);
  const priority = PRIORITY.exec(head)?.[1];
  if (priority !== undefined) return SEVERITIES[Number(priority) & 7];
  const letters = LETTER.exec(head);
  if (letters !== null) return LETTERS[letters[1] ?? letters[2] ?? letters[3] ?? ""];
  const named = NAMED.exec(head);
  // In JSON, members before the level may hold any text.
  if (named !== null && head.startsWith("{")) return levelOfName(named);
  let first = named;
  for (const pattern of [BRACKETED, CAPITAL, WITH_COLON]) {
    const match = pattern.exec(head);
    if (match !== null && (first === null || match.index < first.index)) first = match;
  }
  return first === null ? undefined : levelOfName(first);
}

/** @param {RegExpExecArray} match @returns {Level | undefined} */
function levelOfName([, word, number]) {
  return word === undefined ? NUMBERED[Number(number)] : LEVELS.get(word.toLowerCase());
}

/** @param {Level} level @param {string} words @returns {[string, Level][]} */
function levels(level, words) {
  return words.split(" ").map((word) => [word, level]);
}
