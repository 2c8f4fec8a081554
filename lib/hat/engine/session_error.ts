import type { ModuleCall } from "./engine_notice.ts";

/** A session failed by a fault of a module. */
export class ModuleError extends Error {
  /** Tells this error from others, also across copies of this library. */
  override readonly name = "ModuleError";
  /** The name of the module. */
  readonly module: string;
  /** What it was doing. */
  readonly call: ModuleCall;

  /** The message names the module, the call and the reason. */
  constructor(module: string, call: ModuleCall, reason: string, options?: ErrorOptions) {
    super(`Cannot go on with session as '${call}' of module '${module}' ${reason}`, options);
    this.module = module;
    this.call = call;
  }
}

/** A session failed since it came to no end, or its events take too much. */
export class SessionLimitError extends Error {
  /** Tells this error from others, also across copies of this library. */
  override readonly name = "SessionLimitError";
}
