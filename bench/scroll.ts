import { chromium, type Page } from "@playwright/test";
import { findBrowser } from "#scripts/testing/browser.ts";

const FRAMES = 300;
/** Pixels a frame: reading, a fast wheel, the scroll bar dragged. */
const SPEEDS = [20, 200, 2_000];

/** Scrolls down until nothing more is loaded; gives the index of the last row. */
const loadAll = (page: Page, count: number) =>
  page.evaluate(async (wanted) => {
    const last = () =>
      Math.max(
        ...[...document.querySelectorAll<HTMLElement>("tr[data-row]")].map((row) => Number(row.dataset.row)),
      );
    const deadline = performance.now() + 120_000;
    while (last() < wanted - 1 && performance.now() < deadline) {
      window.scrollTo(0, document.body.scrollHeight);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return last();
  }, count);

/** Milliseconds from frame to frame while the page scrolls by `step` pixels a frame. */
const frames = (page: Page, step: number) =>
  page.evaluate(
    async ([pixels, amount]) => {
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      window.scrollTo(0, 0);
      for (let index = 0; index < 30; index++) await frame();
      const times: number[] = [];
      let before = await frame();
      for (let index = 0; index < amount; index++) {
        window.scrollBy(0, pixels);
        const now = await frame();
        times.push(now - before);
        before = now;
      }
      return times;
    },
    [step, FRAMES] as const,
  );

/** Loads the whole list of routes in Chromium and scrolls it at several speeds; one sentence for each. */
export async function scrollTimes(
  list: string,
  person: { email: string; password: string },
  count: number,
): Promise<string[]> {
  const browser = await chromium.launch({
    executablePath: await findBrowser(() => undefined),
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
    await page.goto(new URL("/sign-in", list).href);
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
    await page.goto(list);
    const started = performance.now();
    const last = await loadAll(page, count);
    const said = [
      `${last + 1} rows loaded by scrolling in ${((performance.now() - started) / 1000).toFixed(1)} s.`,
    ];
    for (const speed of SPEEDS) {
      const sorted = (await frames(page, speed)).sort((a, b) => a - b);
      const at = (share: number) => (sorted[Math.ceil(share * sorted.length) - 1] as number).toFixed(1);
      const late = sorted.filter((ms) => ms > 20).length;
      said.push(
        `At ${speed} px a frame: p50 ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)} ms, ${late} of ${FRAMES} over 20 ms.`,
      );
    }
    return said;
  } finally {
    await browser.close();
  }
}
