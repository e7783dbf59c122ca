"use client";
import { FilterBar } from "#components/table/filter-bar.tsx";

/** Finds one of very many tenants by its name or its slug. */
export function TenantSearch() {
  return <FilterBar search="Search by name or slug" />;
}
