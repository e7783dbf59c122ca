import type { Option } from "#components/ui/select.tsx";
import { JOB_STATES } from "#lib/contract/jobs.ts";

/** What the list of jobs can be narrowed to, by the names in its address and in the API. */
export const FILTER_NAMES = [
  "state",
  "function",
  "route",
  "key",
  "within",
  "from",
  "to",
  "fingerprint",
  "error",
  "payload",
  "q",
] as const;
export type FilterName = (typeof FILTER_NAMES)[number];
export type JobListFilters = Partial<Record<FilterName | "sort" | "cursor", string | undefined>>;

/** Those that have no control of their own in the bar. */
export const FURTHER = ["route", "key", "error", "fingerprint", "payload", "from", "to"] as const;

export const WITHIN_OPTIONS: readonly Option[] = [
  { value: "", label: "Any time" },
  { value: "1h", label: "Last hour" },
  { value: "6h", label: "Last 6 hours" },
  { value: "24h", label: "Last 24 hours" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
];

export const SORT_OPTIONS: readonly Option[] = [
  { value: "", label: "Newest first" },
  { value: "oldest", label: "Oldest first" },
];

/** The states with one more or one less, as the address has them; every state is none. */
export function toggledStates(state: string, toggled: string): string {
  const chosen = new Set(state.split(",").filter(Boolean));
  if (!chosen.delete(toggled)) chosen.add(toggled);
  const states = JOB_STATES.filter((each) => chosen.has(each));
  return states.length === JOB_STATES.length ? "" : states.join(",");
}

/** Whether anything but the page is chosen. */
export const isNarrowed = (filters: JobListFilters): boolean =>
  FILTER_NAMES.some((name) => (filters[name] ?? "") !== "");

/** Only what is given, without the page: what a view keeps. */
export function viewOf(filters: JobListFilters): JobListFilters {
  const { cursor: _, ...kept } = filters;
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value));
}

/** Whether two lists show the same, in whatever order their filters were given. */
export function sameView(one: JobListFilters, other: JobListFilters): boolean {
  const text = (filters: JobListFilters) => JSON.stringify(Object.entries(viewOf(filters)).sort());
  return text(one) === text(other);
}

/** An ISO moment as a datetime-local field has it, in the person's zone; "" for none. */
export function toLocal(iso: string | undefined): string {
  if (!iso || Number.isNaN(Date.parse(iso))) return "";
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** And back. */
export function fromLocal(local: string): string {
  const at = local === "" ? Number.NaN : new Date(local).getTime();
  return Number.isNaN(at) ? "" : new Date(at).toISOString();
}

const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** A filter that has no control in the bar, in words. `names` are those of ids. */
export function filterWords(
  name: (typeof FURTHER)[number],
  value: string,
  names: { route?: string | undefined; key?: string | undefined },
): string {
  switch (name) {
    case "route":
      return `Route ${names.route ?? value}`;
    case "key":
      return `Key ${names.key ?? value}`;
    case "error":
      return `Error “${value}”`;
    case "fingerprint":
      return `Error ${value}`;
    case "payload":
      return `Payload ${value}`;
    default:
      return `${name === "from" ? "From" : "Before"} ${DATE.format(new Date(value))}`;
  }
}
