"use client";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { createContext, type ReactNode, useContext, useState } from "react";

const Nonce = createContext<string | undefined>(undefined);

type Props = { nonce: string | undefined; children: ReactNode };

/**
 * Gives parts that write style elements the nonce of the document. A refresh renders with the nonce of another
 * answer, which this document's policy does not know: the first one is kept.
 */
export function PageNonce({ nonce, children }: Props) {
  const [first] = useState(nonce);
  return (
    <Nonce value={first}>
      <CSPProvider {...(first ? { nonce: first } : {})}>{children}</CSPProvider>
    </Nonce>
  );
}

/** The document's nonce, for libraries that write style elements; undefined where there is no policy. */
export const usePageNonce = (): string | undefined => useContext(Nonce);
