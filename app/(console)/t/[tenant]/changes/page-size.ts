/** Revisions on one page of the history. */
export const REVISIONS_PER_PAGE = 20;
