import { createLineSink } from "../../pos/create-sink.js";
import { PosSettings } from "../../pos/settings.js";
import { openTillBench } from "./bench-till.js";
import { lineSinkContract } from "./line-sink-contract.js";

const simulated = (settings: Parameters<typeof openTillBench>[0]) => async () => {
  const bench = await openTillBench(settings);
  return { sink: bench.sink, booked: bench.booked, close: bench.close };
};

lineSinkContract("till-line", simulated({ protocol: "till-line" }));
lineSinkContract("scanner-ack, numbered", simulated({ protocol: "scanner-ack" }));
lineSinkContract("scanner-ack, bare", simulated({ protocol: "scanner-ack", sequence: "none", aimId: true }));
lineSinkContract("scanner", simulated({ protocol: "scanner", prefix: "" }));

const path = process.env.TEST_TILL_PORT;
const protocol = process.env.TEST_TILL_PROTOCOL;
lineSinkContract(
  "a real till: set TEST_TILL_PORT (and TEST_TILL_PROTOCOL, default till-line)",
  path !== undefined &&
    (async () => {
      const sink = createLineSink(PosSettings.parse({ path, protocol }));
      return { sink, close: async () => {} };
    }),
);
