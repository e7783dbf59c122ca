import NextAuth from "next-auth";
import { authOptions } from "#lib/sign-in/auth-options.ts";

type Context = { params: Promise<{ nextauth: string[] }> };

// Built per request: the options read the environment, which a build does not have.
async function handle(request: Request, context: Context): Promise<Response> {
  return NextAuth(request as never, context as never, authOptions());
}

export { handle as GET, handle as POST };
