import { type Command, defineCommand, EXIT_FAILED } from "./command.ts";

/** `theia tau`: a place for the terminal UI. */
export const tauCommand: Command = defineCommand({
  name: "tau",
  summary: "Browse events in the terminal (not there yet)",
  description:
    "The terminal UI is not there yet. 'theia query --live' shows events as they arrive.",
  options: {},
  examples: [{ purpose: "Until then, follow events", command: "theia query --live" }],
  exitCodes: { done: "never", failed: "it is not there yet" },
  run(_values, { reporter }) {
    reporter.error("Cannot start tau: it is not there yet; use 'theia query --live' meanwhile");
    return Promise.resolve(EXIT_FAILED);
  },
});
