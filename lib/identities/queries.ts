import type { PersonActor } from "#lib/access/actor.ts";
import { database } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { configuredProviders } from "./configured.ts";
import type { MyProviders, Provider } from "./schema.ts";

export { checkProvider } from "./check.ts";

/** The providers as whoever runs the installation sees them: everything but the secret. */
export const describeProviders = () =>
  configuredProviders().map(
    ({ clientSecret: _, clientId: __, clientAuth: ___, secondFactor, ...provider }) => ({
      ...provider,
      emailDomains: [...provider.emailDomains],
      secondFactor: [
        ...secondFactor.amr.map((value) => `amr:${value}`),
        ...secondFactor.acr.map((value) => `acr:${value}`),
      ],
    }),
  );

/** The providers of this installation, for the buttons of the sign-in page. */
export const listProviders = (): Provider[] =>
  configuredProviders().map(({ name, label }) => ({ name, label }));

/** Whether the person can sign in through a provider of this installation. */
export async function hasUsableIdentity(userId: string): Promise<boolean> {
  const names = configuredProviders().map(({ name }) => name);
  if (names.length === 0) return false;
  return withUser(
    userId,
    async (tx) => (await tx.userIdentity.count({ where: { userId, provider: { in: names } } })) > 0,
  );
}

/** Why the last way in stays; null when there is another one. */
export function whyNotRemove(ways: {
  hasPassword: boolean;
  passkeys: number;
  others: number;
}): string | null {
  if (ways.hasPassword || ways.passkeys > 0 || ways.others > 0) return null;
  return "It is your only way in. Set a password, or add another provider, before you remove it.";
}

/** What the person can sign in with beside one of their identities. */
export async function otherWays(userId: string) {
  const [user, passkeys] = await Promise.all([
    database().user.findUniqueOrThrow({ where: { id: userId }, select: { passwordHash: true } }),
    withUser(userId, (tx) => tx.passkey.count({ where: { userId } })),
  ]);
  return { hasPassword: user.passwordHash !== null, passkeys };
}

/** The person's own accounts at providers, and the providers of which one can be added. */
export async function listMyProviders(actor: PersonActor): Promise<MyProviders> {
  const providers = listProviders();
  const ways = await otherWays(actor.userId);
  const { rows, strict } = await withUser(actor.userId, async (tx) => ({
    rows: await tx.userIdentity.findMany({
      where: { userId: actor.userId },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    }),
    strict: await tx.membership.findMany({
      where: { userId: actor.userId, tenant: { onlySso: true, deletedAt: null } },
      select: { tenant: { select: { slug: true, name: true, ssoProviders: true } } },
      take: 100,
    }),
  }));
  const usable = (provider: string) => providers.some(({ name }) => name === provider);
  return {
    providers,
    identities: rows.map((row) => {
      const others = rows.filter((other) => other.id !== row.id && usable(other.provider));
      return {
        id: row.id,
        provider: row.provider,
        label: providers.find(({ name }) => name === row.provider)?.label ?? null,
        email: row.emailAtLink,
        createdAt: row.createdAt.toISOString(),
        lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
        whyNotRemove: whyNotRemove({ ...ways, others: others.length }),
        neededBy: strict
          .map(({ tenant }) => tenant)
          .filter(
            ({ ssoProviders }) =>
              ssoProviders.includes(row.provider) &&
              !others.some(({ provider }) => ssoProviders.includes(provider)),
          )
          .map(({ slug, name }) => ({ slug, name })),
      };
    }),
  };
}
