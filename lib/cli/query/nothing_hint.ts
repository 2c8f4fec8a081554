import type { Criteria } from "../../event/criteria.ts";
import { anywherePattern } from "../../web/anywhere_pattern.js";

/**
 * What somebody should know whose criteria found nothing.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.match(nothingHint({ source: "nginx" }), /-s '\.\*nginx'$/);
 * assert.equal(nothingHint({ source: ".*nginx" }), "No event matches.");
 * ```
 */
export function nothingHint({ source, id }: Criteria): string {
  for (const [option, name, pattern = ""] of [["-s", "source", source], ["--id", "id", id]]) {
    const anywhere = anywherePattern(pattern);
    if (anywhere === undefined) continue;
    return `No event matches. A pattern of ${name} matches from the beginning; anywhere: ` +
      `${option} '${anywhere}'`;
  }
  return "No event matches.";
}
