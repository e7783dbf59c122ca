"use client";
import { useSyncExternalStore } from "react";
import { useGateways } from "#components/shell/live-pill.tsx";
import type { Gateways } from "#lib/gateways/schema.ts";

const never = () => () => {};
const yes = () => true;
const no = () => false;

/**
 * The gateways now, beginning with what the server wrote into the page. The sidebar asks for the same and may have
 * an answer before this part of the page wakes up, which then must still begin as it was written.
 */
export function useGatewaysFrom(tenant: string, initial: Gateways): { gateways: Gateways; error: unknown } {
  const { data, error } = useGateways(tenant);
  const awake = useSyncExternalStore(never, yes, no);
  return awake ? { gateways: data ?? initial, error } : { gateways: initial, error: null };
}
