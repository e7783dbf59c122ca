/** Keys on one page of the list. */
export const KEYS_PER_PAGE = 50;
