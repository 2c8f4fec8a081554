// @ts-check

/** @typedef {"error" | "warning" | "info" | "debug"} Level */

/** Levels stand near the beginning of a line. */
const HEAD_CHARS = 200;

/** @type {Readonly<Record<string, Level>>} */
const LEVELS = {
  emerg: "error",
  emergency: "error",
  alert: "error",
  crit: "error",
  critical: "error",
  fatal: "error",
  panic: "error",
  severe: "error",
  error: "error",
  err: "error",
  warning: "warning",
  warn: "warning",
  notice: "info",
  info: "info",
  information: "info",
  debug: "debug",
  trace: "debug",
  fine: "debug",
  verbose: "debug",
};

const NAMES = Object.keys(LEVELS).join("|");

/** `level=warn`, `"severity": "ERROR"`. */
const MEMBER = new RegExp(
  `(?:^|[\\s,{(\\[])"?(?:level|lvl|severity|loglevel)"?\\s*[=:]\\s*"?(${NAMES})\\b`,
  "i",
);

/** In capitals anywhere, since ordinary words are not. */
const CAPITALS = new RegExp(`(?<![\\w-])(${NAMES.toUpperCase()})(?![\\w-])`);

/** In any case where only a level stands: `[error]`, `<warn>`, `error:` at the beginning. */
const BRACKETS = new RegExp(`[\\[<(|](${NAMES})(?::[^\\]>)|]*)?[\\]>)|]|^\\s*(${NAMES}):`, "i");

/** The priority of syslog: its lower three bits are the severity. */
const PRIORITY = /^<(\d{1,3})>/;

/** @type {readonly Level[]} */
const SEVERITIES = ["error", "error", "error", "error", "warning", "info", "info", "debug"];

/**
 * The level that a content shows near its beginning.
 *
 * @param {string} content
 * @returns {Level | undefined}
 */
export function levelOf(content) {
  const head = content.length > HEAD_CHARS ? content.slice(0, HEAD_CHARS) : content;
  const priority = PRIORITY.exec(head)?.[1];
  if (priority !== undefined && Number(priority) < 192) return SEVERITIES[Number(priority) & 7];
  const match = MEMBER.exec(head) ?? CAPITALS.exec(head) ?? BRACKETS.exec(head);
  const name = match?.[1] ?? match?.[2];
  return name === undefined ? undefined : LEVELS[name.toLowerCase()];
}
