import { type Command, defineCommand } from "../command.ts";
import { UsageError } from "../usage_error.ts";
import { eventerQueryCommand } from "./query.ts";
import { eventerRegisterCommand } from "./register.ts";
import { eventerServeCommand } from "./serve.ts";
import { eventerSubscribeCommand } from "./subscribe.ts";

/** `theia eventer COMMAND`. */
export const eventerCommand: Command = defineCommand({
  name: "eventer",
  summary: "Typed events by Hat's protocol: serve, register, query, subscribe",
  description:
    "Commands for events with hierarchical types, over the protocol of Hat's event servers: a " +
    "server, and clients for this and other servers.",
  options: {},
  subcommands: [
    eventerServeCommand,
    eventerRegisterCommand,
    eventerQueryCommand,
    eventerSubscribeCommand,
  ],
  examples: [
    { purpose: "Start a server", command: "theia eventer serve" },
    { purpose: "Register an event", command: "theia eventer register plant/oven/1 -p 212.5" },
    { purpose: "Follow all events", command: "theia eventer subscribe" },
  ],
  exitCodes: { done: "done", failed: "it failed" },
  run: () => Promise.reject(new UsageError("Missing command: 'theia eventer --help' lists them")),
});
