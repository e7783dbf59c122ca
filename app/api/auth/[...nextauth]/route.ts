import NextAuth from "next-auth";
import { guardNextAuth } from "#lib/api/guard-next-auth.ts";
import { answerProviderVisit } from "#lib/identities/flow.ts";
import { authOptions } from "#lib/sign-in/auth-options.ts";

type Context = { params: Promise<{ nextauth: string[] }> };

// Built per request: the options read the environment, which a build does not have.
async function handle(request: Request, context: Context): Promise<Response> {
  const { nextauth } = await context.params;
  const guarded = await guardNextAuth(request, nextauth);
  if (guarded instanceof Response) return guarded;
  return (
    (await answerProviderVisit(guarded, nextauth)) ??
    NextAuth(guarded as never, context as never, authOptions())
  );
}

export { handle as GET, handle as POST };
