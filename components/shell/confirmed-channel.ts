/** How the window in which somebody has confirmed that it is them tells the page that waits for it. */
export const CONFIRMED_CHANNEL = "gatehouse-confirmed";
