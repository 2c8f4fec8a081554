import { collectCommand } from "./collect.ts";
import { completionsCommand } from "./completions.ts";
import { demoCommand } from "./demo.ts";
import { eventerCommand } from "./eventer/eventer_command.ts";
import { helpCommand } from "./help.ts";
import type { CommandSet } from "./invocation.ts";
import { manCommand } from "./man.ts";
import { queryCommand } from "./query.ts";
import { simulateCommand } from "./simulate.ts";
import { storeCommand } from "./store/store_command.ts";
import { tauCommand } from "./tau.ts";
import { watchCommand } from "./watch.ts";

/** The commands of `theia`; without one, it collects. */
export const COMMANDS: CommandSet = {
  all: [
    collectCommand,
    watchCommand,
    queryCommand,
    simulateCommand,
    storeCommand,
    eventerCommand,
    tauCommand,
    demoCommand,
    completionsCommand,
    manCommand,
    helpCommand,
  ],
  help: helpCommand,
  preset: collectCommand,
};
