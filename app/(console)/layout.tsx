import type { ReactNode } from "react";
import { Providers } from "#components/shell/providers.tsx";

/** The console's own pages. Pages for strangers stand outside, and carry none of this. */
export default function ConsoleLayout({ children }: { children: ReactNode }) {
  return <Providers>{children}</Providers>;
}
