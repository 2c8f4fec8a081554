import { EVENT_PATH, FIND_PATH, LIVE_PATH } from "../../wire/paths.ts";
import { eventStats } from "./event_stats.ts";
import { findEvents } from "./find_events.ts";
import { healthz } from "./health.ts";
import { deleteEvent, getEvent } from "./one_event.ts";
import type { Route } from "./operation.ts";
import { pushEvents } from "./push_events.ts";

/** What a collector answers over HTTP, beside the files of its page. */
export const ROUTES: readonly Route[] = [
  { path: "/events", methods: { GET: findEvents, POST: pushEvents } },
  {
    path: "/events/{id}",
    pathParameters: { id: "The id of an event, percent-encoded." },
    methods: { GET: getEvent, DELETE: deleteEvent },
  },
  { path: "/stats", methods: { GET: eventStats } },
  { path: "/healthz", methods: { GET: healthz } },
];

/** All paths of a collector, for people who took a wrong one. */
export const KNOWN_PATHS: readonly string[] = [
  EVENT_PATH,
  FIND_PATH,
  LIVE_PATH,
  ...ROUTES.map(({ path }) => path),
];
