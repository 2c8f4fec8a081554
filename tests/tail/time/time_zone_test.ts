import { testInOwnProcess } from "../../own_process.ts";

testInOwnProcess(
  "TimeZone and TimeParser know the clocks of many zones",
  new URL("./time_zone_cases.ts", import.meta.url),
);
