/** What decides a page's content security policy. */
export type PolicyFacts = {
  /** Of this one answer; the page's own scripts and style elements carry it. */
  nonce: string;
  /** Where else than to the console the page may send, as origins. */
  connectTo: readonly string[];
  /** Whether forms may be sent by the browser itself. */
  forms: boolean;
  /** React's and Next's development builds evaluate code and write style elements without a nonce. */
  dev: boolean;
};

/**
 * The policy of a page. A script runs only when the page itself names it by the answer's nonce, or when such a script
 * loads it; nothing else of the page, however it got there, is run. Style attributes are allowed: React and the
 * libraries place and measure things with them, and a style cannot run anything.
 */
export function pagePolicy({ nonce, connectTo, forms, dev }: PolicyFacts): string {
  const styles = dev ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`;
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    "script-src-attr 'none'",
    `style-src ${styles}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${["'self'", ...connectTo].join(" ")}`,
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    `form-action ${forms ? "'self'" : "'none'"}`,
    "frame-ancestors 'none'",
  ].join("; ");
}

/** For what is no page: nothing in it is ever run, shown or framed, whatever somebody got into it. */
export const DATA_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";
