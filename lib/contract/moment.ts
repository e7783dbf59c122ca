import { z } from "zod";

const FIRST = Date.parse("0001-01-01T00:00:00Z");
const AFTER_LAST = Date.UTC(10_000, 0, 1);

/** Whether a date can be stored: its year by UTC is 1 to 9999. An offset can lead out of what four digits hold. */
export const isStorable = (text: string): boolean => {
  const at = Date.parse(text);
  return at >= FIRST && at < AFTER_LAST;
};

/** A moment as ISO 8601 with an offset. */
export const moment = z.iso
  .datetime({ offset: true })
  .refine((text) => Number.isNaN(Date.parse(text)) || isStorable(text), "is outside the years 1 to 9999");
