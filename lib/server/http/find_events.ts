import type { Count } from "../../base/metrics/counter.ts";
import type { EventBatch } from "../../store/store.ts";
import { CRITERIA_PARAMETERS, readCriteria } from "./criteria_parameters.ts";
import {
  acceptedFormat,
  EVENT_FORMATS,
  type EventFormat,
  eventFormat,
  type EventFormatName,
  JSON_LINES_TYPE,
  THEIA_TYPE,
} from "./event_format.ts";
import { type Call, defineOperation, type HttpContext, requireStore } from "./operation.ts";
import { choiceParameter, type Parameter } from "./parameter.ts";
import { answerSearch, SEARCH_PROBLEMS } from "./search_answer.ts";

/** The media types in which events are given. */
export const EVENT_TYPES: readonly string[] = [JSON_LINES_TYPE, THEIA_TYPE, "text/plain"];

/** Says in which form events are given. */
export const FORMAT_PARAMETER: Parameter<EventFormatName> = choiceParameter(
  "The form of the events: a JSON object a line, Theia's text format byte for byte as the events " +
    "came, or a readable line each. By `Accept` unless given, else `json`.",
  EVENT_FORMATS,
);

/** The header that says up to where events were looked for. */
export const CURSOR_HEADER = "theia-cursor";

/** `GET /events`. */
export const findEvents = defineOperation({
  id: "findEvents",
  summary: "Find events",
  description: "The events that match, as they are found. The connection breaks, instead of " +
    "ending as it should, when the search fails after the answer began.",
  parameters: {
    ...CRITERIA_PARAMETERS,
    format: FORMAT_PARAMETER,
    download: choiceParameter("With 1, browsers save the answer as a file.", ["1", "0"]),
  },
  answers: {
    200: {
      description: "The events that match.",
      types: EVENT_TYPES,
      headers: {
        [CURSOR_HEADER]: "Every event that arrived up to this cursor was looked for, and none " +
          "after it: following with this `since` goes on without gap.",
      },
    },
    ...SEARCH_PROBLEMS,
  },
  async answer(call, values, context) {
    const store = requireStore(context);
    const criteria = readCriteria(values);
    const format = chooseFormat(call, values.format, context);
    const { cursor } = store;
    const headers = new Headers({
      "content-type": format.type,
      [CURSOR_HEADER]: String(cursor),
      vary: "accept",
    });
    if (values.download === "1") {
      headers.set("content-disposition", `attachment; filename="events.${format.extension}"`);
    }
    return await answerSearch({ criteria, call, context }, headers, (control) => {
      return pieces(
        store.search(criteria, control),
        format,
        context.counts.sent(call.client.path),
      );
    });
  },
});

/** The form that a request asks for. */
export function chooseFormat(
  { request }: Call,
  name: EventFormatName | undefined,
  { writeLine }: HttpContext,
): EventFormat {
  return eventFormat(name ?? acceptedFormat(request.headers.get("accept")), writeLine);
}

async function* pieces(
  search: AsyncIterable<EventBatch>,
  format: EventFormat,
  sent: Count,
): AsyncGenerator<Uint8Array, void> {
  for await (const { events, free } of search) {
    sent.value += events.length;
    yield* format.write(events);
    free?.();
  }
}
