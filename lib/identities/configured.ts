import { type IdentityProvider, readProviders } from "./settings.ts";

/**
 * The identity providers of this installation, in the order of their buttons. Read anew each time, which takes
 * microseconds, so that a secret in a file can be replaced while the console runs.
 */
export const configuredProviders = (): readonly IdentityProvider[] => readProviders(process.env);

/** The provider with this name; null for none. */
export const providerNamed = (name: string): IdentityProvider | null =>
  configuredProviders().find((provider) => provider.name === name) ?? null;
