import { ApiError } from "#lib/api/client.ts";

export type ErrorWords = { what: string; todo: string; requestId: string | null };

/** What a 409 points at when somebody else was faster, rather than that the state does not allow it. */
const VERSIONS: readonly string[] = ["version", "draftVersion", "liveRevision", "role"];

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** What happened, what the person can do, and the request ID to quote, for anything that was thrown. */
export function describeError(error: unknown): ErrorWords {
  if (!(error instanceof ApiError)) {
    return {
      what: "This page stumbled over something it did not expect.",
      todo: "Reload it. If it happens again, tell whoever runs this installation.",
      requestId: null,
    };
  }
  return { what: sentence(error.message), todo: advice(error), requestId: error.requestId };
}

function advice(error: ApiError): string {
  if (error.status === 0) return "Check your connection and try again. The APIs keep answering meanwhile.";
  if (error.status === 401) return "Sign in again.";
  if (error.code === "confirmation_required") return "Nothing was changed.";
  if (error.code === "two_factor_required" || error.code === "sso_required") {
    return "Reload this page: it says how.";
  }
  if (error.status === 403) return "Ask an owner or an admin of this tenant.";
  if (error.status === 404) return "It may have been deleted, or you may not be a member of this tenant.";
  if (error.status === 409) {
    return error.details.some(({ path }) => VERSIONS.includes(path))
      ? "Look at the current version, then decide."
      : "Nothing was changed.";
  }
  if (error.status === 422) return "Correct what is marked and send it again.";
  if (error.status === 429) {
    return error.retryAfter ? `Try again in ${error.retryAfter} s.` : "Wait a moment and try again.";
  }
  return "Try again. If it keeps happening, quote the request ID to whoever runs this installation.";
}
