/**
 * The collector: takes events, keeps them, gives them to those who ask.
 *
 * @example
 * ```ts
 * import { Collector } from "@theia/collector/collector";
 *
 * await using collector = await Collector.listen({ port: 0 });
 * ```
 *
 * @module
 */
export * from "./collector.ts";
export * from "./collector_notice.ts";
export type { Asset } from "./http/asset.ts";
export type { LineWriter } from "./http/event_format.ts";
export { type CollectorLimits, DEFAULT_LIMITS } from "./limits.ts";
export type { Dialect } from "../wire/dialect.ts";
export type { TlsCertificate } from "./bound_port.ts";
