import { EVENT_PATH, FIND_PATH, LIVE_PATH, STATS_PATH } from "../../wire/paths.ts";
import { eventStats } from "./event_stats.ts";
import { findEvents } from "./find_events.ts";
import { healthz, readyz } from "./health.ts";
import { deleteEvent, getEvent } from "./one_event.ts";
import { metrics } from "./metrics.ts";
import { openApiOperation } from "./openapi.ts";
import type { Route } from "./operation.ts";
import { pushEvents } from "./push_events.ts";

/** Says also of a collector that stops how it is. */
export const READY_PATH = "/readyz";

/** What a collector answers over HTTP, beside the files of its page. */
export const ROUTES: readonly Route[] = [
  { path: "/events", methods: { GET: findEvents, POST: pushEvents } },
  {
    path: "/events/{id}",
    pathParameters: { id: "The id of an event, percent-encoded." },
    methods: { GET: getEvent, DELETE: deleteEvent },
  },
  { path: STATS_PATH, methods: { GET: eventStats } },
  { path: "/healthz", methods: { GET: healthz } },
  { path: READY_PATH, methods: { GET: readyz } },
  { path: "/metrics", methods: { GET: metrics } },
  { path: "/openapi.json", methods: { GET: openApiOperation(() => ROUTES) } },
];

/** All paths of a collector, for people who took a wrong one. */
export const KNOWN_PATHS: readonly string[] = [
  EVENT_PATH,
  FIND_PATH,
  LIVE_PATH,
  ...ROUTES.map(({ path }) => path),
];
