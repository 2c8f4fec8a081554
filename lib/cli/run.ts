import { type CommandContext, EXIT_DONE, EXIT_FAILED, EXIT_USAGE } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { type Environment, processEnvironment } from "./environment.ts";
import { type Invocation, InvocationError, readInvocation } from "./invocation.ts";
import { printLine } from "./line_output.ts";
import { Reporter } from "./reporter.ts";
import { StopRequest, StopRequests } from "./stop_request.ts";
import { ClosedOutputError } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";
import { VERSION } from "../base/version.ts";

export type { Environment } from "./environment.ts";
export type { OutputStream } from "./terminal.ts";

/**
 * Runs `theia` with these arguments: reads them, does what they say, prints, reports errors.
 *
 * @param args As typed after the name of the program.
 * @param environment Where to print and what stops it. @default {this process}
 * @returns The exit code: 0 done, 1 failed, 2 wrong usage.
 */
export async function run(
  args: readonly string[],
  environment: Environment = processEnvironment(),
): Promise<number> {
  let invocation: Invocation;
  try {
    invocation = readInvocation(args, COMMANDS, environment.now());
  } catch (error) {
    return await fail(error, new Reporter(environment, false));
  }
  const reporter = new Reporter(environment, invocation.global.verbose);
  try {
    return await dispatch(invocation, environment, reporter);
  } catch (error) {
    const isUsage = error instanceof UsageError && !(error instanceof InvocationError);
    return await fail(isUsage ? new InvocationError(error, invocation.command) : error, reporter);
  } finally {
    await reporter.flush();
  }
}

async function dispatch(
  invocation: Invocation,
  environment: Environment,
  reporter: Reporter,
): Promise<number> {
  const { command, given, global, operands } = invocation;
  if (global.version) {
    await printLine(environment.stdout, `theia ${VERSION}`);
    return EXIT_DONE;
  }
  using requests = new StopRequests(environment);
  const context: CommandContext = {
    environment,
    global,
    operands,
    reporter,
    commands: COMMANDS.all,
    get stop() {
      return requests.signal;
    },
  };
  return await Promise.race([
    command.run(given, context),
    requests.insisted.then(() => {
      reporter.notice("Stopped at once.");
      return EXIT_FAILED;
    }),
  ]);
}

async function fail(error: unknown, reporter: Reporter): Promise<number> {
  if (error instanceof ClosedOutputError || error instanceof StopRequest) return EXIT_DONE;
  reporter.error(error instanceof Error ? error.message : String(error));
  if (error instanceof InvocationError) {
    const name = error.command === undefined ? "theia" : `theia ${error.command.name}`;
    reporter.notice(`Try '${name} --help'.`);
  } else if (error instanceof Error && error.stack !== undefined) {
    reporter.detail(error.stack);
  }
  await reporter.flush();
  return error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED;
}
