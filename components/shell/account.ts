"use client";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";

/** Ends this session and goes to the sign-in. */
export async function signOutHere(): Promise<void> {
  const { signOut } = await import("next-auth/react");
  await signOut({ redirect: false });
  location.assign(paths.signIn());
}

/** Ends every session of this person, this one included, and goes to the sign-in. */
export async function signOutEverywhere(): Promise<void> {
  await api.post("/me/sign-out-everywhere");
  location.assign(paths.signIn());
}
