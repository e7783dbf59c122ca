import type { NextConfig } from "next";

const config: NextConfig = {
  // Two builds of the same tree (a test's and a person's) must not overwrite one another.
  distDir: process.env.NEXT_DIST_DIR || ".next",
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // Native or worker-spawning packages run as they are instead of being bundled.
  serverExternalPackages: ["@node-rs/argon2", "@prisma/adapter-pg", "pg", "pg-boss", "pino"],
  // Nothing of ours goes through it, and a resizer of pictures is something to attack.
  images: { unoptimized: true },
  // `npm test` runs the type check over the whole repository; the build need not do it a second time.
  typescript: { ignoreBuildErrors: true },
};

export default config;
