import { type Command, defineCommand } from "../command.ts";
import { UsageError } from "../usage_error.ts";
import { storeBackupCommand } from "./backup.ts";
import { storeCompactCommand } from "./compact.ts";
import { storeCopyCommand } from "./copy.ts";
import { storeExportCommand } from "./export.ts";
import { storeImportCommand } from "./import.ts";
import { storeRepairCommand } from "./repair.ts";
import { storeStatsCommand } from "./stats.ts";
import { storeVerifyCommand } from "./verify.ts";

/** `theia store COMMAND`. */
export const storeCommand: Command = defineCommand({
  name: "store",
  summary: "Look after a store: verify, repair, backup, export, import, ...",
  description: "Commands that work on a store itself, not through a collector.",
  options: {},
  subcommands: [
    storeStatsCommand,
    storeVerifyCommand,
    storeRepairCommand,
    storeBackupCommand,
    storeCompactCommand,
    storeExportCommand,
    storeImportCommand,
    storeCopyCommand,
  ],
  examples: [
    { purpose: "What the store holds", command: "theia store stats" },
    { purpose: "Back it up while a collector runs", command: "theia store backup copy.db" },
  ],
  exitCodes: { done: "done", failed: "it failed" },
  run: () => Promise.reject(new UsageError("Missing command: 'theia store --help' lists them")),
});
