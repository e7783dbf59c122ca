import { defineConfig } from "@playwright/test";
import { stackCount, stackOfThisWorker } from "./e2e/stack.ts";

/** Journeys in a real browser; scripts/test.ts starts the stack and says where it is. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  workers: stackCount(),
  // Of one file one after the other: they leave things in the demo that the next one knows of.
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: stackOfThisWorker().consoleUrl,
    locale: "en-US",
    timezoneId: "UTC",
    viewport: { width: 1280, height: 800 },
    // What fades in has colours of its own half-way, and takes time that tells nothing.
    contextOptions: { reducedMotion: "reduce" },
    // Recording costs a tenth of the time: only who names the journeys to run will look at one.
    trace: process.env.E2E_TRACE ? "retain-on-failure" : "off",
    launchOptions: {
      ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
