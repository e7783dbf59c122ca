import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { ProviderSettingsError, readProviders } from "./settings.ts";

const CORP = {
  OIDC_PROVIDERS: "corp",
  OIDC_CORP_ISSUER: "https://login.corp.example",
  OIDC_CORP_CLIENT_ID: "console",
  OIDC_CORP_CLIENT_SECRET: "hunter2-the-secret",
};

test("a provider is read with what is safe where nothing is said", () => {
  assert.deepEqual(readProviders({}), []);
  assert.deepEqual(readProviders(CORP), [
    {
      name: "corp",
      label: "corp",
      issuer: "https://login.corp.example",
      clientId: "console",
      clientSecret: "hunter2-the-secret",
      clientAuth: "client_secret_basic",
      scopes: "openid email profile",
      algorithm: "RS256",
      emailDomains: [],
      trustEmail: false,
      signUp: "invited",
      secondFactor: { amr: [], acr: [] },
    },
  ]);
});

test("everything can be said, for several providers, in the order of their buttons", () => {
  const [eu, corp] = readProviders({
    ...CORP,
    OIDC_PROVIDERS: "corp-eu, corp",
    OIDC_CORP_EU_ISSUER: "http://127.0.0.1:4000",
    OIDC_CORP_EU_CLIENT_ID: "c",
    OIDC_CORP_EU_CLIENT_SECRET: "s",
    OIDC_CORP_EU_CLIENT_AUTH: "client_secret_post",
    OIDC_CORP_EU_LABEL: "Corp Europe",
    OIDC_CORP_EU_SCOPES: "openid email groups",
    OIDC_CORP_EU_ALGORITHM: "ES256",
    OIDC_CORP_EU_EMAIL_DOMAINS: "Corp.example, corp.org",
    OIDC_CORP_EU_TRUST_EMAIL: "1",
    OIDC_CORP_EU_SIGN_UP: "anybody",
    OIDC_CORP_EU_SECOND_FACTOR: "amr:mfa acr:urn:strong",
  });
  assert.equal(corp?.name, "corp");
  assert.deepEqual(eu?.emailDomains, ["corp.example", "corp.org"]);
  assert.deepEqual(eu?.secondFactor, { amr: ["mfa"], acr: ["urn:strong"] });
  assert.equal(eu?.label, "Corp Europe");
  assert.equal(eu?.signUp, "anybody");
});

test("the secret may be in a file", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "gatehouse-oidc-"));
  try {
    const file = path.join(folder, "secret");
    writeFileSync(file, "from-the-file\n");
    const { OIDC_CORP_CLIENT_SECRET: _, ...rest } = CORP;
    const [corp] = readProviders({ ...rest, OIDC_CORP_CLIENT_SECRET_FILE: file });
    assert.equal(corp?.clientSecret, "from-the-file");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

for (const [variable, value] of [
  ["OIDC_PROVIDERS", "Corp"],
  ["OIDC_PROVIDERS", "corp corp"],
  ["OIDC_PROVIDERS", "credentials"],
  ["OIDC_PROVIDERS", "__proto__"],
  ["OIDC_CORP_ISSUER", ""],
  ["OIDC_CORP_ISSUER", "http://login.corp.example"],
  ["OIDC_CORP_ISSUER", "https://u:hunter2@login.corp.example"],
  ["OIDC_CORP_ISSUER", "https://login.corp.example?x=hunter2"],
  ["OIDC_CORP_CLIENT_ID", ""],
  ["OIDC_CORP_CLIENT_SECRET", ""],
  ["OIDC_CORP_CLIENT_SECRET_FILE", "/nowhere/hunter2"],
  ["OIDC_CORP_CLIENT_AUTH", "none"],
  ["OIDC_CORP_SCOPES", "email"],
  ["OIDC_CORP_ALGORITHM", "none"],
  ["OIDC_CORP_ALGORITHM", "HS256"],
  ["OIDC_CORP_EMAIL_DOMAINS", "@corp"],
  ["OIDC_CORP_TRUST_EMAIL", "yes"],
  ["OIDC_CORP_SIGN_UP", "everybody"],
  ["OIDC_CORP_SIGN_UP", "anybody"],
  ["OIDC_CORP_SECOND_FACTOR", "mfa"],
  ["OIDC_CORP_SECOND_FACTOR", "amr:"],
  ["OIDC_CORP_LABEL", "two\nlines"],
  ["OIDC_CORP_ISUER", "https://login.corp.example"],
  ["OIDC_OTHER_ISSUER", "https://other.example"],
] as const) {
  test(`${variable}=${JSON.stringify(value)} stops the start with a sentence that names it and holds no value`, () => {
    assert.throws(
      () => readProviders({ ...CORP, [variable]: value }),
      (error: Error) => {
        assert.ok(error instanceof ProviderSettingsError);
        assert.ok(error.message.includes(variable), error.message);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      },
    );
  });
}
