import type { Filter } from "#components/table/filter-bar.tsx";
import { METHODS } from "#lib/contract/methods.ts";
import type { Facets, RouteFilters } from "#lib/routes/schema.ts";

const FIXED: Filter[] = [
  {
    name: "method",
    label: "Method",
    options: [{ value: "", label: "Any method" }, ...METHODS.map((value) => ({ value, label: value }))],
  },
  {
    name: "auth",
    label: "Who may call",
    options: [
      { value: "", label: "Any auth" },
      { value: "none", label: "Public" },
      { value: "api-key", label: "API key" },
      { value: "bearer", label: "Bearer token" },
    ],
  },
  {
    name: "target",
    label: "Target",
    options: [
      { value: "", label: "Any target" },
      { value: "function", label: "Function" },
      { value: "http", label: "HTTP upstream" },
      { value: "lambda", label: "Lambda" },
      { value: "job", label: "Job" },
      { value: "pipeline", label: "Pipeline" },
      { value: "job-status", label: "Job status" },
    ],
  },
  {
    name: "enabled",
    label: "Enabled or disabled",
    options: [
      { value: "", label: "On and off" },
      { value: "true", label: "Enabled" },
      { value: "false", label: "Disabled" },
    ],
  },
];

const SORT: Filter = {
  name: "sort",
  label: "Order",
  options: [
    { value: "", label: "By path" },
    { value: "updated", label: "Last changed first" },
  ],
};

/** A filter over what the draft has; what is chosen stays an option although nothing has it any more. */
function facetFilter(
  name: "prefix" | "tag",
  label: string,
  any: string,
  values: Facets["tags"],
  chosen: string | undefined,
): Filter[] {
  const known = values.some(({ value }) => value === chosen);
  const options = [
    { value: "", label: any },
    ...(chosen !== undefined && !known ? [{ value: chosen, label: `${chosen} (0)` }] : []),
    ...values.map(({ value, count }) => ({ value, label: `${value} (${count.toLocaleString("en")})` })),
  ];
  return options.length > 2 || chosen !== undefined ? [{ name, label, options }] : [];
}

/** The filters of the list; those over segments and tags when there is something to choose from. */
export function listFilters(facets: Facets | undefined, filters: RouteFilters): Filter[] {
  return [
    ...facetFilter("prefix", "First segment", "All paths", facets?.prefixes ?? [], filters.prefix),
    ...FIXED,
    ...facetFilter("tag", "Tag", "Any tag", facets?.tags ?? [], filters.tag),
    SORT,
  ];
}
