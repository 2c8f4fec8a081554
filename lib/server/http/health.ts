import { defineOperation } from "./operation.ts";

/** `GET /healthz`. */
export const healthz = defineOperation({
  id: "healthz",
  summary: "Whether the collector runs",
  parameters: {},
  answers: { 200: { description: "It does.", types: ["text/plain"] } },
  answer: () => new Response("ok", { headers: { "content-type": "text/plain" } }),
});
