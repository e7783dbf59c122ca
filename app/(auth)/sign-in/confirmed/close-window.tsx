"use client";
import { useEffect } from "react";
import { CONFIRMED_CHANNEL } from "#components/shell/confirmed-channel.ts";

/** Tells the page that waits, and closes the window that was opened for this. */
export function CloseWindow() {
  useEffect(() => {
    const channel = new BroadcastChannel(CONFIRMED_CHANNEL);
    channel.postMessage("confirmed");
    channel.close();
    window.close();
  }, []);
  return null;
}
