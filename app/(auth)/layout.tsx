import type { ReactNode } from "react";
import { Providers } from "#components/shell/providers.tsx";

/** Signing in, with what the console's pages have around them. */
export default function SignInLayout({ children }: { children: ReactNode }) {
  return <Providers>{children}</Providers>;
}
