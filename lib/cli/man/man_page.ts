import { type Command, type CommandInfo, USAGE_MEANING } from "../command.ts";
import { GLOBAL_OPTIONS } from "../global_options.ts";
import { type Option, optionNames } from "../option.ts";
import { DEFAULT_GROUP, describeDefault, optionGroups } from "../option_groups.ts";
import { VERSION } from "../../base/version.ts";
import { bold, italic, macro, paragraphs, textLine } from "./roff.ts";

/** Where the descriptions of options begin. */
const INDENT = "8n";

/**
 * The manual page of a command.
 *
 * @param dateMs When it was made, in milliseconds since 1970.
 */
export function commandPage(command: Command, dateMs: number): string {
  const { name, summary, description, operands, subcommands, examples, exitCodes } = command;
  const lines = [
    ...head(`theia ${name}`, summary, dateMs),
    macro("SH", "SYNOPSIS"),
    synopsis(command),
    macro("SH", "DESCRIPTION"),
    paragraphs(description),
  ];
  if (operands !== undefined) {
    lines.push(macro("SH", "ARGUMENTS"), ...entry(italic(operands.name), operands.help));
  }
  if (subcommands !== undefined) {
    lines.push(macro("SH", "COMMANDS"), ...commandEntries(subcommands));
  }
  lines.push(...optionSections(command));
  lines.push(...exampleSection(examples), ...exitSection(exitCodes));
  const parent = name.split(" ").slice(0, -1);
  return page([
    ...lines,
    ...seeAlso([parent.length === 0 ? "theia" : `theia-${parent.join("-")}`]),
  ]);
}

/** The manual page of the program. */
export function programPage(commands: readonly Command[], dateMs: number): string {
  const about =
    "Theia collects, keeps, tails and finds events where they arise: log lines, sensor " +
    "readings, records. Without a command it starts the collector, which keeps events in " +
    "./theia-data/events.db.";
  return page([
    ...head("theia", "collect, keep, tail and find events", dateMs),
    macro("SH", "SYNOPSIS"),
    `${bold("theia")} [${italic("OPTIONS")}] [${italic("COMMAND")}]`,
    macro("SH", "DESCRIPTION"),
    paragraphs(about),
    macro("SH", "COMMANDS"),
    ...commandEntries(commands),
    macro("SH", "OPTIONS"),
    ...Object.values<Option>(GLOBAL_OPTIONS).flatMap(optionEntry),
    ...exitSection({ done: "done", failed: "it failed" }),
    ...seeAlso(commands.map(({ name }) => `theia-${name}`)),
  ]);
}

function page(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

function head(name: string, summary: string, dateMs: number): string[] {
  const title = name.replaceAll(" ", "-");
  const date = new Date(dateMs).toISOString().slice(0, 10);
  const words = summary.slice(0, 1).toLowerCase() + summary.slice(1);
  return [
    // A date is one only with plain hyphens.
    `.TH "${
      title.toUpperCase().replaceAll("-", "\\-")
    }" "1" "${date}" "Theia ${VERSION}" "User Commands"`,
    macro("SH", "NAME"),
    // Indexes of manual pages want exactly this dash.
    `${textLine(title)} \\- ${textLine(words)}`,
  ];
}

function synopsis({ name, operands, subcommands }: CommandInfo): string {
  const parts = [bold(`theia ${name}`), `[${italic("OPTIONS")}]`];
  if (subcommands !== undefined) parts.push(italic("COMMAND"));
  else if (operands !== undefined) {
    const shown = italic(operands.name);
    parts.push((operands.min ?? 0) > 0 ? shown : `[${shown}]`);
  }
  return parts.join(" ");
}

function commandEntries(commands: readonly Command[]): string[] {
  return commands.flatMap(({ name, summary }) => entry(bold(`theia ${name}`), summary));
}

function optionSections(command: CommandInfo): string[] {
  const lines = [macro("SH", "OPTIONS")];
  for (const [title, options] of optionGroups(command)) {
    if (options.length === 0) continue;
    if (title !== DEFAULT_GROUP) lines.push(macro("SS", title));
    lines.push(...options.flatMap(optionEntry));
  }
  return lines;
}

function optionEntry(option: Option): string[] {
  const names = optionNames(option).map(bold).join(", ");
  const value = option.kind === "flag"
    ? ""
    : ` ${italic(option.valueName)}${option.kind === "list" ? "..." : ""}`;
  const preset = describeDefault(option);
  return entry(names + value, preset === "" ? option.help : `${option.help} ${preset}`);
}

function entry(term: string, text: string): string[] {
  return [`.TP ${INDENT}`, term, paragraphs(`${text}.`)];
}

function exampleSection(examples: CommandInfo["examples"]): string[] {
  return [
    macro("SH", "EXAMPLES"),
    ...examples.flatMap(({ purpose, command }, i) => [
      ...(i === 0 ? [] : [".PP"]),
      textLine(`${purpose}:`),
      ".PP",
      ".nf",
      ".RS 4",
      textLine(command),
      ".RE",
      ".fi",
    ]),
  ];
}

function exitSection({ done, failed }: CommandInfo["exitCodes"]): string[] {
  return [
    macro("SH", "EXIT STATUS"),
    ...entry("0", done),
    ...entry("1", failed),
    ...entry("2", USAGE_MEANING),
  ];
}

function seeAlso(pages: readonly string[]): string[] {
  const names = pages.map((name, i) => `${bold(name)}(1)${i < pages.length - 1 ? "," : ""}`);
  return [macro("SH", "SEE ALSO"), names.join("\n")];
}
