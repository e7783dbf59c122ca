import type { OpenedClaim } from "#lib/claims/schema.ts";

export type Language = "curl" | "javascript" | "python";
export const LANGUAGES: readonly { value: Language; label: string }[] = [
  { value: "curl", label: "curl" },
  { value: "javascript", label: "JavaScript" },
  { value: "python", label: "Python" },
];

type Called = { baseUrl: string; sample: NonNullable<OpenedClaim["sample"]>; key: string | null };

/**
 * An example that works as pasted: with the key in it, or reading API_KEY from the environment when `key` is null.
 * Addresses are encoded by the server and keys are of letters, digits, - and _: nothing can end the quotes.
 */
export function snippet(language: Language, { baseUrl, sample, key }: Called): string {
  const url = `${baseUrl}${sample.path}`;
  const { method, apiVersion } = sample;
  const get = method === "GET";
  switch (language) {
    case "curl":
      return [
        method === "HEAD" ? "curl --head" : get ? "curl -i" : `curl -i -X ${method}`,
        `'${url}'`,
        key === null ? '-H "X-Api-Key: $API_KEY"' : `-H 'X-Api-Key: ${key}'`,
        ...(apiVersion ? [`-H 'X-Api-Version: ${apiVersion}'`] : []),
      ].join(" \\\n  ");
    case "javascript":
      return [
        `fetch("${url}", {`,
        ...(get ? [] : [`  method: "${method}",`]),
        "  headers: {",
        `    "X-Api-Key": ${key === null ? "process.env.API_KEY" : `"${key}"`},`,
        ...(apiVersion ? [`    "X-Api-Version": "${apiVersion}",`] : []),
        "  },",
        "}).then(async (response) => console.log(response.status, await response.text()));",
      ].join("\n");
    case "python":
      return [
        ...(key === null ? ["import os"] : []),
        "import urllib.request",
        "",
        "request = urllib.request.Request(",
        `    "${url}",`,
        ...(get ? [] : [`    method="${method}",`]),
        "    headers={",
        `        "X-Api-Key": ${key === null ? 'os.environ["API_KEY"]' : `"${key}"`},`,
        ...(apiVersion ? [`        "X-Api-Version": "${apiVersion}",`] : []),
        "    },",
        ")",
        "response = urllib.request.urlopen(request)",
        "print(response.status, response.read().decode())",
      ].join("\n");
  }
}

/** What an answer to a trial means for the key. */
export function statusWords(status: number): { tone: "info" | "warn" | "bad"; title: string; text: string } {
  if (status >= 200 && status < 300) {
    return { tone: "info", title: "The key works", text: "The gateway let it in and the API answered." };
  }
  if (status === 401) {
    return {
      tone: "bad",
      title: "The key was not accepted",
      text: "If it was made a moment ago, try again. If it stays so, it has been revoked or has expired: ask for a new one.",
    };
  }
  if (status === 403) {
    return {
      tone: "bad",
      title: "The key is known, but may not do this",
      text: "Ask whoever sent it to widen its rights.",
    };
  }
  if (status === 429) {
    return {
      tone: "warn",
      title: "The key works; this route is at its limit",
      text: "Wait a minute and try again.",
    };
  }
  if (status === 404 || status === 422 || status === 400) {
    return {
      tone: "info",
      title: "The key works; the API did not like the example",
      text: "The key was let in. The example's path or query is made up, so an answer like this is no fault of the key.",
    };
  }
  if (status >= 500) {
    return {
      tone: "warn",
      title: "The gateway or the API behind it is in trouble",
      text: "This says nothing against the key. Try again later.",
    };
  }
  return { tone: "info", title: "The API answered", text: "The key was let in." };
}
