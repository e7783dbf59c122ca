/** Routes that come with the page itself. */
export const FIRST_PAGE = 50;
/** Routes that are fetched at a time after that: as many as the API gives. */
export const NEXT_PAGE = 100;
