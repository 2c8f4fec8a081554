/** What a module was doing. */
export type ModuleCall = "onSessionStart" | "matches" | "process" | "onSessionStop" | "dispose";

/** What happens in an engine. */
export type EngineNotice =
  | {
    /** A session failed: none of its events is registered. */
    readonly kind: "session-failed";
    /** The session. */
    readonly sessionId: number;
    /** Why. */
    readonly error: unknown;
  }
  | {
    /** A call of a module failed after the session had failed already, or at the end of the module. */
    readonly kind: "module-failed";
    /** The name of the module. */
    readonly module: string;
    /** What it was doing. */
    readonly call: ModuleCall;
    /** Why. */
    readonly error: unknown;
  }
  | {
    /** A module did not answer in time and takes no part in sessions, until `module-back`. */
    readonly kind: "module-hangs";
    /** The name of the module. */
    readonly module: string;
    /** What it is doing. */
    readonly call: ModuleCall;
  }
  | {
    /** The call of a module that hung has ended: it takes part again. */
    readonly kind: "module-back";
    /** The name of the module. */
    readonly module: string;
  }
  | {
    /** A request was refused as too many events wait. */
    readonly kind: "overloaded";
    /** Events that wait. */
    readonly waiting: number;
  };
