export { sendKeyNotices } from "./send.ts";
export { startKeyNotices } from "./sender.ts";
