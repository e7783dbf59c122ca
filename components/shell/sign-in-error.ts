/** Why a sign-in did not work, in words for the person. `code` is what the server gave; null when nothing came back. */
export function signInError(code: string | null): { message: string; seconds: number | null } {
  const seconds = Number(/^slowed_down:(\d{1,5})$/.exec(code ?? "")?.[1] ?? Number.NaN);
  if (!Number.isNaN(seconds)) return { message: "Too many attempts.", seconds: Math.max(1, seconds) };
  if (code === "CredentialsSignin") {
    return { message: "This e-mail and password do not belong together.", seconds: null };
  }
  return {
    message: "Signing in is not possible right now. The APIs keep answering; try again in a minute.",
    seconds: null,
  };
}
