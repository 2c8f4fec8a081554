/** Takes the screen, and ends otherwise than it should: `throw`, `reject`, `exit`. */
import { Screen } from "../../../lib/cli/screen/screen.ts";
import { processTerminal } from "../../../lib/cli/screen/terminal_device.ts";
import { processStream } from "../../../lib/cli/terminal.ts";

const device = processTerminal(processStream(Deno.stdout));
if (device === undefined) throw new Error("there is no terminal");
const [how] = Deno.args;

new Screen(device, {
  colors: true,
  unicode: true,
  handler: {
    draw(grid) {
      grid.put(0, 0, "drawn");
      setTimeout(() => {
        if (how === "throw") throw new Error("crashed");
        if (how === "reject") void Promise.reject(new Error("crashed"));
        if (how === "exit") Deno.exit(3);
      });
    },
    input() {},
    closed() {},
  },
});
