import { type Command, type CommandInfo, type Operands, USAGE_MEANING } from "./command.ts";
import { GLOBAL_OPTIONS } from "./global_options.ts";
import type { Option } from "./option.ts";
import { DEFAULT_GROUP, describeDefault, describeValue, optionGroups } from "./option_groups.ts";
import type { Paint } from "./paint.ts";
import { VERSION } from "../base/version.ts";

/** Lines are broken before this column, whatever the width of the terminal: the usual one shows them. */
const WIDTH = 80;

/** Where the descriptions of options begin, so that most names fit before it. */
const COLUMN = 32;

/** A blank that is no place to break a line; it is shown as a blank. */
const UNBROKEN = "\u00a0";

interface HelpRow {
  readonly name: string;
  readonly text: string;
}

/** The help of one command. */
export function commandHelp(command: CommandInfo, paint: Paint): string {
  const { name, description, options, operands, subcommands, examples, exitCodes } = command;
  const operandUsage = subcommands !== undefined
    ? " COMMAND"
    : operands === undefined
    ? ""
    : ` ${operandName(operands)}`;
  const optionUsage = Object.keys(options).length === 0 ? "" : " [OPTIONS]";
  const sections = [
    fold(description, 0),
    `${paint.heading("Usage:")} ${paint.literal(`theia ${name}`)}${optionUsage}${operandUsage}`,
  ];
  if (operands !== undefined) {
    const row = { name: operandName(operands), text: operands.help };
    sections.push(section("Arguments", [row], paint));
  }
  if (subcommands !== undefined) {
    const rows = subcommands.map(({ name, summary }) => ({ name, text: summary }));
    sections.push(section("Commands", rows, paint));
  }
  sections.push(...optionSections(command, paint));
  sections.push(examplesSection(examples, paint));
  sections.push(section("Exit codes", exitCodeRows(exitCodes), paint));
  return sections.join("\n\n");
}

/** In brackets where it may be left out. */
function operandName({ name, min = 0 }: Operands): string {
  return min > 0 ? name : `[${name}]`;
}

/** The help of the program: what there is. */
export function programHelp(commands: readonly Command[], paint: Paint): string {
  const about =
    "Theia collects, keeps, tails and finds events where they arise. Without a command " +
    "it starts the collector, which keeps events in ./theia-data/events.db and shows them on the " +
    "page at http://localhost:6433/.";
  const rows = commands.map(({ name, summary }) => ({ name, text: summary }));
  const examples = [
    { purpose: "Start the collector", command: "theia" },
    { purpose: "Push what is appended to a file", command: "theia watch -f /var/log/syslog" },
    { purpose: "Show the errors of the last hour", command: "theia query -a 1h -c error" },
    { purpose: "Browse events in the terminal", command: "theia tau" },
  ];
  return [
    `${paint.literal("theia")} ${VERSION}`,
    fold(about, 0),
    `${paint.heading("Usage:")} ${paint.literal("theia")} [OPTIONS] [COMMAND]`,
    section("Commands", rows, paint),
    optionSection(DEFAULT_GROUP, Object.values(GLOBAL_OPTIONS), paint),
    examplesSection(examples, paint),
    section("Exit codes", exitCodeRows({ done: "done", failed: "it failed" }), paint),
    "Run 'theia help COMMAND' for the options of a command.",
  ].join("\n\n");
}

function optionSections(command: CommandInfo, paint: Paint): string[] {
  return [...optionGroups(command)].map(([title, rows]) => optionSection(title, rows, paint));
}

function optionSection(title: string, options: readonly Option[], paint: Paint): string {
  return section(title, options.map(optionRow), paint);
}

function optionRow(option: Option): HelpRow {
  const short = option.short === undefined ? "   " : `-${option.short}${option.long ? "," : ""}`;
  const long = option.long === undefined ? "" : ` --${option.long}`;
  const value = option.kind === "flag" ? "" : ` ${describeValue(option)}`;
  return { name: `${short}${long}${value}`, text: describeOption(option) };
}

function describeOption(option: Option): string {
  const preset = describeDefault(option).replaceAll(" ", UNBROKEN);
  return preset === "" ? option.help : `${option.help} ${preset}`;
}

function exitCodeRows(exitCodes: CommandInfo["exitCodes"]): HelpRow[] {
  return [
    { name: "0", text: exitCodes.done },
    { name: "1", text: exitCodes.failed },
    { name: "2", text: USAGE_MEANING },
  ];
}

function examplesSection(examples: CommandInfo["examples"], paint: Paint): string {
  const lines = examples.map(({ purpose, command }) =>
    `  ${paint.faint(`# ${purpose}`)}\n  ${command}`
  );
  return `${paint.heading("Examples:")}\n${lines.join("\n\n")}`;
}

/** Names on the left, texts on the right in one column; a name that is too long stands on its own line. */
function section(title: string, rows: readonly HelpRow[], paint: Paint): string {
  const widest = Math.max(...rows.map(({ name }) => name.length)) + 4;
  const column = Math.min(COLUMN, widest);
  const lines = rows.map(({ name, text }) => {
    const folded = fold(text, column);
    const left = `  ${paint.literal(name)}`;
    const room = column - name.length - 2;
    return room < 2
      ? `${left}\n${" ".repeat(column)}${folded}`
      : `${left}${" ".repeat(room)}${folded}`;
  });
  return [paint.heading(`${title}:`), ...lines].join("\n");
}

/** Breaks a text into lines that begin at a column; blank lines stay. */
function fold(text: string, column: number): string {
  return text.split("\n").map((paragraph) => {
    const lines = [""];
    for (const word of paragraph.split(" ")) {
      const line = lines.at(-1) ?? "";
      if (line !== "" && column + line.length + 1 + word.length > WIDTH) lines.push(word);
      else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
    }
    return lines.join(`\n${" ".repeat(column)}`);
  }).join("\n").replaceAll(UNBROKEN, " ");
}
