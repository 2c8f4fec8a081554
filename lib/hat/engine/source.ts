/**
 * Where the events of a session come from:
 *
 * - `eventer`: a client of the eventer server,
 * - `module`: a module of the engine,
 * - `engine`: the engine itself,
 * - `server`: another server, whose events are copied.
 */
export type SourceType = "eventer" | "module" | "engine" | "server";

/** Who registers events. */
export interface Source {
  /** What kind of registrant it is. */
  readonly type: SourceType;
  /** Tells those of one kind apart; of a module, its place in the configured order, from 0. */
  readonly id: number;
}
