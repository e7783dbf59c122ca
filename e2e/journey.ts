import { type BrowserContext, test as base, expect } from "@playwright/test";

export { type Browser, expect, type Locator, type Page } from "@playwright/test";

/** What Chromium says when a page did something that its policies forbid, or a policy was written wrong. */
const AGAINST_POLICY = /Content Security Policy|Permissions-Policy|TrustedHTML|TrustedScript|Trusted Type/i;

/**
 * Playwright's `test`, in which a journey also fails when the browser reports anything against a page's policies,
 * whatever page it was and whoever opened it: a policy that breaks a page, or a page that needs a looser one.
 */
export const test = base.extend<{ heldToPolicies: undefined }>({
  heldToPolicies: [
    async ({ browser, context }, use) => {
      const reports: string[] = [];
      const watch = (watched: BrowserContext) =>
        watched.on("console", (message) => {
          if (AGAINST_POLICY.test(message.text()))
            reports.push(`${message.page()?.url()}: ${message.text()}`);
        });
      watch(context);
      const newContext = browser.newContext;
      browser.newContext = async (...options) => {
        const made = await newContext.apply(browser, options);
        watch(made);
        return made;
      };
      await use(undefined);
      browser.newContext = newContext;
      expect(reports, "against the policies of a page").toEqual([]);
    },
    { auto: true },
  ],
});
