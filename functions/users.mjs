/**
 * A REST resource with cursor pagination over generated data, so that every caller sees the same 1,000 users:
 * GET /v1/users?limit=&cursor=, GET /v1/users/:id, POST /v1/users (answers 201 with what it would have stored).
 */
const TOTAL = 1_000;
const MAX_LIMIT = 100;
const GIVEN = [
  "Ada",
  "Alan",
  "Barbara",
  "Donald",
  "Edsger",
  "Frances",
  "Grace",
  "John",
  "Katherine",
  "Leslie",
];
const FAMILY = [
  "Allen",
  "Dijkstra",
  "Hopper",
  "Johnson",
  "Knuth",
  "Lamport",
  "Liskov",
  "Lovelace",
  "McCarthy",
];
const FIRST_DAY = Date.UTC(2025, 0, 1);
const HOUR = 3_600_000;

const idOf = (number) => `user-${String(number).padStart(4, "0")}`;

function userAt(number) {
  const given = GIVEN[number % GIVEN.length];
  const family = FAMILY[Math.floor(number / GIVEN.length) % FAMILY.length];
  return {
    id: idOf(number),
    name: `${given} ${family}`,
    email: `${given}.${family}.${number}@example.com`.toLowerCase(),
    createdAt: new Date(FIRST_DAY + number * 7 * HOUR).toISOString(),
  };
}

const json = (statusCode, body, headers = {}) => ({
  statusCode,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
const failure = (statusCode, code, message) => json(statusCode, { error: { code, message } });

/** The cursor is opaque to callers: it says after which user to go on. */
const encodeCursor = (number) => Buffer.from(`after:${number}`).toString("base64url");
function decodeCursor(text) {
  const match = /^after:(\d{1,6})$/.exec(Buffer.from(text, "base64url").toString("utf8"));
  return match ? Number(match[1]) : null;
}

function list(query) {
  const limit = query.limit === undefined ? 25 : Number(query.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    return failure(400, "invalid_limit", `limit must be a whole number from 1 to ${MAX_LIMIT}`);
  }
  const after = query.cursor === undefined ? 0 : decodeCursor(query.cursor);
  if (after === null || after > TOTAL) return failure(400, "invalid_cursor", "cursor is not one of ours");
  const last = Math.min(after + limit, TOTAL);
  const data = [];
  for (let number = after + 1; number <= last; number++) data.push(userAt(number));
  return json(200, { data, next_cursor: last < TOTAL ? encodeCursor(last) : null });
}

function one(id) {
  const number = Number(/^user-(\d{4})$/.exec(id)?.[1]);
  if (!(number >= 1 && number <= TOTAL)) return failure(404, "user_not_found", `There is no user ${id}.`);
  return json(200, { data: userAt(number) });
}

function create(event) {
  let input;
  try {
    const text = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString("utf8") : event.body;
    input = JSON.parse(text ?? "");
  } catch {
    return failure(400, "invalid_json", "The body must be JSON.");
  }
  if (typeof input?.name !== "string" || input.name.trim() === "") {
    return failure(422, "invalid_user", "name is required");
  }
  const id = idOf(TOTAL + 1);
  const user = { id, name: input.name, email: input.email ?? null, createdAt: new Date().toISOString() };
  return json(201, { data: user }, { location: `${event.path}/${id}` });
}

export async function handler(event) {
  const id = event.pathParameters?.id;
  if (event.httpMethod === "POST") return create(event);
  return id === undefined ? list(event.queryStringParameters ?? {}) : one(id);
}
