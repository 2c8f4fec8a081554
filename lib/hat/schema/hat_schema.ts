import { SbsSchema } from "../sbs/sbs_schema.ts";
import { HAT_CHATTER } from "./hat_chatter.ts";
import { HAT_EVENTER } from "./hat_eventer.ts";

/**
 * The types of Hat's event protocol, the modules `HatEventer` and `HatChatter`.
 *
 * @example
 * ```ts
 * import { HAT_SCHEMA } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const bytes = HAT_SCHEMA.encode("HatEventer.EventType", ["plant", "pump"]);
 * assert.deepEqual(HAT_SCHEMA.decode("HatEventer.EventType", bytes), ["plant", "pump"]);
 * ```
 */
export const HAT_SCHEMA: SbsSchema = SbsSchema.parse(HAT_CHATTER, HAT_EVENTER);
