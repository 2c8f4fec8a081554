import type { ScreenAbilities } from "./screen/frame_writer.ts";
import { type Command, type CommandContext, defineCommand, EXIT_DONE } from "./command.ts";
import { CRITERIA_OPTIONS, readCriteria } from "./criteria_options.ts";
import type { Environment } from "./environment.ts";
import type { OptionTable, OptionValues } from "./option.ts";
import { CollectorFinder } from "./tau/collector_finder.ts";
import { runTau } from "./tau/tau_program.ts";
import { CLIENT_TLS_OPTIONS, readClientTls } from "./tls_options.ts";
import { UsageError } from "./usage_error.ts";

/** All events are shown by time, so there is neither order nor limit. */
const { order: _order, limit: _limit, ...FILTERS } = CRITERIA_OPTIONS;

const OPTIONS = { ...FILTERS, ...CLIENT_TLS_OPTIONS } as const satisfies OptionTable;

/** `theia tau`. */
export const tauCommand: Command = defineCommand({
  name: "tau",
  summary: "Browse events in the terminal, stored and live",
  description: "Shows the newest events on the whole screen and follows those that arrive. " +
    "Scroll up for older ones, type / to filter, Enter to expand an event, ? for all keys, " +
    "q to quit.\n\n" +
    "The options are the filter at the start. It can be changed while the program runs: " +
    "'timeout source:/var/log tag:web since:1h'.",
  options: OPTIONS,
  examples: [
    { purpose: "Watch what arrives, and look back", command: "theia tau" },
    { purpose: "Begin with a filter", command: "theia tau -t web -c 'error|fail' -a 1h" },
    { purpose: "A collector elsewhere", command: "theia tau -H logs.example --secure" },
  ],
  exitCodes: {
    done: "the user quit",
    failed: "it could not go on",
  },
  run: tau,
});

async function tau(
  values: OptionValues<typeof OPTIONS>,
  { environment, global, stop }: CommandContext,
): Promise<number> {
  const { order: _order, ...criteria } = readCriteria({
    ...values,
    order: "asc",
    limit: undefined,
  });
  const tls = await readClientTls(values);
  const device = environment.openTerminal();
  const term = readVariable(environment, "TERM");
  if (device === undefined) {
    throw new UsageError(
      "Cannot start tau as standard input and output must be a terminal: " +
        "for pipes and files there is 'theia query'",
    );
  }
  if (term === "dumb") {
    throw new UsageError(
      "Cannot start tau as TERM must name a terminal that can move its cursor: " +
        "current value is 'dumb'; use 'theia query --live', or set TERM, as to 'xterm'",
    );
  }
  const finder = new CollectorFinder({ host: global.host, port: global.port, ...tls });
  const abilities = abilitiesOf(environment);
  const now = environment.now;
  await runTau({ device, finder, abilities, criteria, stop, now });
  return EXIT_DONE;
}

function abilitiesOf(environment: Environment): ScreenAbilities {
  const locale = ["LC_ALL", "LC_CTYPE", "LANG"]
    .map((name) => readVariable(environment, name))
    .find((value) => value !== undefined && value !== "");
  // Where nothing is said, as in many containers, terminals are of today nevertheless.
  return {
    colors: !environment.noColor,
    unicode: locale === undefined || /utf-?8/i.test(locale),
  };
}

/** A runtime that may not read the variable would ask its user for permission. */
function readVariable({ variable }: Environment, name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? variable(name) : undefined;
}
