import { CollectorProgram } from "../e2e/collector_program.ts";
import { TempDirectory } from "../e2e/temp_directory.ts";
import { browserTest } from "./chromium.ts";
import { WebPage } from "./web_page.ts";

browserTest(
  "page heals when a collector is killed and started again, with every event once",
  async () => {
    await using directory = await TempDirectory.make();
    const options = { cwd: directory.path };
    const first = await CollectorProgram.start([], options);
    await using web = await WebPage.open({ port: first.port });
    await web.untilFollowing();
    await web.push({ content: "before 1" }, { content: "before 2" });
    await web.untilContents(["before 1", "before 2"]);
    await first.running.kill();
    await web.untilText("#state", /Collector not reachable, trying again/);
    await using _again = await CollectorProgram.start([], { ...options, port: first.port });
    await web.push({ content: "missed" });
    await web.untilFollowing();
    await web.push({ content: "after" });
    await web.untilContents(["before 1", "before 2", "missed", "after"]);
  },
);

browserTest("page begins anew when the collector has another store than before", async () => {
  await using one = await TempDirectory.make();
  await using other = await TempDirectory.make();
  const first = await CollectorProgram.start([], { cwd: one.path });
  await using web = await WebPage.open({ port: first.port });
  await web.push({ content: "old 1" }, { content: "old 2" }, { content: "old 3" });
  await web.untilContents(["old 1", "old 2", "old 3"]);
  await web.untilFollowing();
  await first.stop();
  await using _again = await CollectorProgram.start([], { cwd: other.path, port: first.port });
  await web.push({ content: "new" });
  await web.untilContents(["new"]);
});
