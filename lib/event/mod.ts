/**
 * Events: what they are, their text format, criteria to choose among them.
 *
 * @example
 * ```ts
 * import { createEvent, serializeEvent } from "@theia/collector/event";
 *
 * const bytes = serializeEvent(createEvent({ source: "sensor-1", content: "21.5 °C" }));
 * ```
 *
 * @module
 */
export * from "./criteria.ts";
export * from "./event.ts";
export * from "./event_reader.ts";
export * from "./event_streams.ts";
export * from "./format_timestamp.ts";
export * from "./matcher.ts";
export * from "./pattern.ts";
export * from "./raw_event.ts";
export * from "./text_format.ts";
