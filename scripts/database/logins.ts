import { dataDirectory, ensureDataDirectory, loadSecrets, type Secrets } from "../data-directory.ts";
import { type Login, PLANES, type Plane, urlVariable } from "./roles.ts";

/**
 * The database login of each plane: the address in its own environment variable where that is set, else a user made
 * for this database, `<database>_<plane>_login`, with a generated password.
 */
export async function databaseLogins(
  ownerUrl: string,
  environment: Record<string, string | undefined> = process.env,
): Promise<Login[]> {
  const given = (plane: Plane) => environment[urlVariable(plane)];
  let secrets: Secrets | undefined;
  if (!PLANES.every(given)) {
    await ensureDataDirectory(dataDirectory());
    secrets = await loadSecrets(dataDirectory());
  }
  return PLANES.map((plane) => {
    const url = given(plane);
    return {
      plane,
      url: url ?? derivedUrl(ownerUrl, plane, secrets?.[plane] ?? ""),
      variable: urlVariable(plane),
      generated: url === undefined,
    };
  });
}

function derivedUrl(ownerUrl: string, plane: Plane, password: string): string {
  const url = new URL(ownerUrl);
  url.username = `${decodeURIComponent(url.pathname.slice(1))}_${plane}_login`;
  url.password = password;
  return url.href;
}
