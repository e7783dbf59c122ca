/** Changes on one page of a difference, and revisions on one of the history. */
export const CHANGES_PER_PAGE = 50;
export const REVISIONS_PER_PAGE = 25;
