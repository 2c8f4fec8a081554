import { STATS_WAIT_MS } from "../limits.ts";
import { answerJson } from "./json_answer.ts";
import { objectSchema } from "./json_schema.ts";
import { defineOperation, type HttpContext, NONE_TAKEN } from "./operation.ts";
import { promptly } from "./promptly.ts";

/** `GET /healthz`. */
export const healthz = defineOperation({
  id: "healthz",
  summary: "Whether the collector runs",
  parameters: {},
  answers: { 200: { description: "It does.", types: ["text/plain"] }, 400: NONE_TAKEN },
  answer: () => new Response("ok\n", { headers: { "content-type": "text/plain" } }),
});

const READINESS_SCHEMA = objectSchema({
  ready: { type: "boolean" },
  reasons: { type: "array", items: { type: "string" } },
});

/** `GET /readyz`. */
export const readyz = defineOperation({
  id: "readyz",
  summary: "Whether the collector takes events for good",
  description: "A failure of the store counts for ten seconds, unless it stores something before.",
  parameters: {},
  answers: {
    200: { description: "It does.", types: ["application/json"], schema: READINESS_SCHEMA },
    400: NONE_TAKEN,
    503: {
      description: "It does not: it stops, its disk is full, or its store fails.",
      types: ["application/json"],
      schema: READINESS_SCHEMA,
    },
  },
  async answer(_call, _values, context) {
    const reasons = await reasonsAgainst(context);
    const ready = reasons.length === 0;
    return answerJson({ ready, reasons }, ready ? 200 : 503);
  },
});

async function reasonsAgainst({ store, health, stopping }: HttpContext): Promise<string[]> {
  const reasons: string[] = [];
  if (stopping.aborted) reasons.push("the collector stops");
  if (health.trouble !== undefined) reasons.push(health.trouble);
  try {
    if (store !== undefined) await promptly(store.stats(), STATS_WAIT_MS);
  } catch {
    reasons.push("the store does not answer");
  }
  return reasons;
}
