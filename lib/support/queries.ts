export { getDeadGroup, listDeadGroups, listTenantsOfDeadGroup } from "./dead-groups.ts";
export { findAnywhere, lookupKeyAnywhere } from "./find.ts";
export { getInstallation } from "./installation.ts";
export { listDeskSearches } from "./searches.ts";
export { getSupportAccess, getSupportSession, listSupportSessions, listSupportStays } from "./sessions.ts";
export { enterAsSupport, getAnyTenant, listAllTenants } from "./tenants.ts";
