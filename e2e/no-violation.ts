import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** Of all checks the ones that look at colours, which is all in which the themes differ. */
const COLOUR_CHECKS = ["color-contrast", "link-in-text-block"];

/** One pass in the page itself, of which only what is wrong is written down: no page of ours has frames to gather from. */
const axeOf = (page: Page) =>
  new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });

/** Frames come within milliseconds; a page that has nothing to draw may be given none at all. */
const LONGEST_FRAME_MS = 500;
/** What has ended may make something else begin, such as a message that leaves the page. */
const MOST_ROUNDS = 10;

/** Colours and places as they will stay: half-way through a change they are nobody's. */
const atRest = (page: Page) =>
  page.evaluate(
    async ([longest, rounds]) => {
      for (let round = 0; round < rounds; round++) {
        await Promise.race([
          new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
          new Promise((resolve) => setTimeout(resolve, longest)),
        ]);
        const moving = document.getAnimations().filter(({ effect, playState }) => {
          return playState !== "finished" && Number.isFinite(effect?.getComputedTiming().endTime);
        });
        if (moving.length === 0) return;
        for (const animation of moving) animation.finish();
      }
    },
    [LONGEST_FRAME_MS, MOST_ROUNDS] as const,
  );

async function expectNothingFound(page: Page, axe: AxeBuilder, what: string): Promise<void> {
  await atRest(page);
  const { violations } = await axe.analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target, html }) => `${target} ${html}`).join(", ")}`,
  );
  expect(found, what).toEqual([]);
}

/** Expects that no automatic check finds anything on the page as it is, and that it does not scroll sideways. */
export async function expectNoViolation(page: Page, what: string): Promise<void> {
  await expectNothingFound(page, axeOf(page), what);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, `${what} scrolls sideways`).toBeLessThanOrEqual(0);
}

/** The same of the page as both themes show it: they are chosen by a media query, so nothing is loaded anew. */
export async function expectNoViolationInEitherTheme(page: Page, what: string): Promise<void> {
  await page.emulateMedia({ colorScheme: "dark" });
  await expectNothingFound(page, axeOf(page).withRules(COLOUR_CHECKS), `${what}, dark`);
  await page.emulateMedia({ colorScheme: "light" });
  await expectNoViolation(page, `${what}, light`);
}

/** A desk and a telephone, in CSS pixels. */
export const SIZES = [
  { name: "wide", width: 1440, height: 900 },
  { name: "phone", width: 375, height: 800 },
] as const;

/** The same in either theme and at every size: what is wide or narrow is CSS too, so one load shows them all. */
export async function expectNoViolationAtAnySize(page: Page, what: string): Promise<void> {
  for (const { name, ...size } of SIZES) {
    await page.setViewportSize(size);
    await expectNoViolationInEitherTheme(page, `${what}, ${name}`);
  }
}
