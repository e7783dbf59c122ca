import { defineConfig } from "@playwright/test";

const { E2E_CONSOLE_URL, CHROMIUM_PATH } = process.env;
if (!E2E_CONSOLE_URL) {
  throw new Error(
    "The journeys need a running stack; start them with `npm test -- e2e`, with a part of a file's name to choose.",
  );
}

/** Journeys in a real browser; scripts/test.ts starts the stack and says where it is. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // One demo for all: journeys that change it must not meet.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: E2E_CONSOLE_URL,
    locale: "en-US",
    timezoneId: "UTC",
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    launchOptions: {
      ...(CHROMIUM_PATH ? { executablePath: CHROMIUM_PATH } : {}),
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
