import assert from "node:assert/strict";
import { compileEventLine } from "../../../lib/cli/format/event_line.ts";
import { FormatError } from "../../../lib/cli/format/str_format.ts";

interface VectorCase {
  readonly event: {
    readonly id: string;
    readonly source: string;
    readonly timestamp: number;
    readonly tags: readonly string[];
    readonly content: string;
  };
  readonly format: string;
  readonly datefmt: string;
  readonly expected?: string;
  readonly error?: string;
}

const VECTORS = new URL("../../../../shared/vectors/theia-format.json", import.meta.url);
const EVENT = {
  id: "7",
  source: "/web",
  timestamp: 1886501203.1,
  tags: ["a", "b"],
  content: "it's up\n",
};
const SAMPLE: readonly VectorCase[] = [
  {
    event: EVENT,
    format: "{timestamp:15}|{tags:^5}",
    datefmt: "",
    expected: "   1886501203.1| a,b ",
  },
  {
    event: EVENT,
    format: "{timestamp} {content!r}",
    datefmt: "%e %b|%Z",
    expected: '12 Oct| "it\'s up\\n"',
  },
  {
    event: EVENT,
    format: "{timestamp:.1f}",
    datefmt: "%x",
    error: "Unknown format code 'f' for object of type 'str'",
  },
  {
    event: EVENT,
    format: "{}",
    datefmt: "",
    error: "IndexError: Replacement index 0 out of range",
  },
];

function checkCase({ event, format, datefmt, expected, error }: VectorCase): void {
  const run = () => compileEventLine({ format, timestampFormat: datefmt, timeZone: "UTC" })(event);
  if (error === undefined) {
    assert.equal(run(), expected, `format ${format}, dates ${datefmt}`);
  } else {
    assert.throws(run, (thrown) => thrown instanceof FormatError && thrown.reason.includes(error));
  }
}

async function readVectors(): Promise<readonly VectorCase[] | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(VECTORS)).cases;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const vectors = await readVectors();

Deno.test("compileEventLine prints a sample of Theia 0.9.2's lines", () => {
  SAMPLE.forEach(checkCase);
});

Deno.test({
  name: vectors === undefined
    ? "compileEventLine prints what Theia 0.9.2 printed (skipped: no reference vectors)"
    : `compileEventLine prints what Theia 0.9.2 printed in ${vectors.length} cases`,
  ignore: vectors === undefined,
  fn() {
    vectors?.forEach(checkCase);
  },
});
