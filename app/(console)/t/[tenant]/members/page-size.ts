/** Rows of a page, on the server that reads the first view and in the browser that reads it again. */
export const MEMBERS_PER_PAGE = 50;
