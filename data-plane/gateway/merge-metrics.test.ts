import assert from "node:assert/strict";
import test from "node:test";
import { mergeMetrics } from "./merge-metrics.ts";

const of = (up: number, extra = "") =>
  `# HELP up Whether.\n# TYPE up gauge\nup ${up}\n# HELP requests_total All.\n# TYPE requests_total counter\n` +
  `requests_total{status="2xx"} ${up * 10}\n${extra}`;

test("every sample names its process, and every metric has one head", () => {
  assert.equal(
    mergeMetrics(
      new Map([
        ["1", of(1)],
        ["2", of(2, "# HELP only_here One.\n# TYPE only_here counter\nonly_here 7\n")],
      ]),
    ),
    `# HELP up Whether.
# TYPE up gauge
up{process="1"} 1
up{process="2"} 2
# HELP requests_total All.
# TYPE requests_total counter
requests_total{process="1",status="2xx"} 10
requests_total{process="2",status="2xx"} 20
# HELP only_here One.
# TYPE only_here counter
only_here{process="2"} 7
`,
  );
});
