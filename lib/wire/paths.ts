/** Where a collector listens unless told otherwise: Theia's port. */
export const DEFAULT_PORT = 6433;

/** Where a collector listens unless told otherwise: this machine only. */
export const DEFAULT_HOST = "localhost";

/** Producers push events here. */
export const EVENT_PATH = "/event";

/** Criteria in, stored events out. */
export const FIND_PATH = "/find";

/** Criteria in, events out as they arrive. */
export const LIVE_PATH = "/live";

/** Counts of stored events, by HTTP. */
export const STATS_PATH = "/stats";

/** The WebSocket paths of a collector. */
export const SOCKET_PATHS: readonly string[] = [EVENT_PATH, FIND_PATH, LIVE_PATH];
