/** What a route's method may be; `ANY` stands for every method of the list. Apart, so that a page needs no zod for it. */
export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"] as const;
export type Method = (typeof METHODS)[number];
