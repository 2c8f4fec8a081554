import { concatBytes } from "../../base/bytes.ts";
import { chooseFormat, EVENT_TYPES, FORMAT_PARAMETER } from "./find_events.ts";
import { defineOperation, NONE_TAKEN, NOTHING_KEPT, requireStore } from "./operation.ts";
import { storeProblem } from "./store_problem.ts";

const ABSENT = { description: "No event has this id." };
const UNAVAILABLE = { description: "The store cannot be used now." };

/** `GET /events/{id}`. */
export const getEvent = defineOperation({
  id: "getEvent",
  summary: "One event",
  description: "The event with this id; with several of one id, that with the greatest timestamp.",
  parameters: { format: FORMAT_PARAMETER },
  answers: {
    200: { description: "The event.", types: EVENT_TYPES },
    400: { description: "A parameter is wrong." },
    404: ABSENT,
    409: NOTHING_KEPT,
    503: UNAVAILABLE,
  },
  async answer(call, values, context) {
    const store = requireStore(context);
    const format = chooseFormat(call, values.format, context);
    try {
      const event = await store.get(call.path["id"] ?? "");
      return new Response(concatBytes([...format.write([event])]), {
        headers: { "content-type": format.type, vary: "accept" },
      });
    } catch (error) {
      throw storeProblem(error);
    }
  },
});

/** `DELETE /events/{id}`. */
export const deleteEvent = defineOperation({
  id: "deleteEvent",
  summary: "Delete an event",
  description: "Removes all events with this id for good.",
  parameters: {},
  answers: {
    204: { description: "It is gone." },
    400: NONE_TAKEN,
    404: ABSENT,
    409: NOTHING_KEPT,
    503: UNAVAILABLE,
  },
  async answer(call, _values, context) {
    const store = requireStore(context);
    try {
      await store.delete(call.path["id"] ?? "");
      return new Response(null, { status: 204 });
    } catch (error) {
      throw storeProblem(error);
    }
  },
});
