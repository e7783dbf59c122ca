import type { NextConfig } from "next";

const config: NextConfig = {
  // Two builds of the same tree (a test's and a person's) must not overwrite one another.
  distDir: process.env.NEXT_DIST_DIR || ".next",
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // Native or worker-spawning packages run as they are instead of being bundled.
  serverExternalPackages: ["@node-rs/argon2", "@prisma/adapter-pg", "pg", "pg-boss", "pino"],
  // The page behind a claim link: for one person, at one moment, in nobody's index, frame or Referer.
  headers: async () => [
    {
      source: "/claim",
      headers: [
        { key: "Referrer-Policy", value: "no-referrer" },
        { key: "X-Robots-Tag", value: "noindex, nofollow, noarchive" },
        { key: "Cache-Control", value: "no-store" },
        { key: "Content-Security-Policy", value: "frame-ancestors 'none'" },
        { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
        { key: "X-Content-Type-Options", value: "nosniff" },
      ],
    },
  ],
  // `npm test` runs the type check over the whole repository; the build need not do it a second time.
  typescript: { ignoreBuildErrors: true },
};

export default config;
