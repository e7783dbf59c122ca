import { ApiError } from "#lib/api/client.ts";

/** Whether an answer means that the link is of no use, in whichever way: to the person they are all one. */
export const isDeadLink = (error: unknown): boolean => error instanceof ApiError && error.status === 404;
