/** Why a sign-in did not work, in words for the person. `code` is what the server gave; null when nothing came back. */
export function signInError(code: string | null): { message: string; seconds: number | null } {
  const [, why, told] = /^(slowed_down|busy):(\d{1,5})$/.exec(code ?? "") ?? [];
  if (why) {
    const message = why === "busy" ? "Very many people are signing in right now." : "Too many attempts.";
    return { message, seconds: Math.max(1, Number(told)) };
  }
  if (code === "CredentialsSignin") {
    return { message: "This e-mail and password do not belong together.", seconds: null };
  }
  return {
    message: "Signing in is not possible right now. The APIs keep answering; try again in a minute.",
    seconds: null,
  };
}
