/** The look of everything that opens over the page beside a control. */
export const POPUP =
  "rounded-md border border-line bg-raised text-sm text-text shadow-popup outline-none transition-opacity " +
  "data-ending-style:opacity-0 data-starting-style:opacity-0";

/** One entry of a menu, a select or a list of suggestions. */
export const OPTION =
  "flex min-h-7 cursor-default select-none items-center gap-2 rounded-sm px-2 py-1 outline-none pointer-coarse:min-h-10 " +
  "data-highlighted:bg-hover data-disabled:text-faint";

/** The darkened page behind a dialog. */
export const SCRIM =
  "fixed inset-0 z-40 bg-scrim transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0";
