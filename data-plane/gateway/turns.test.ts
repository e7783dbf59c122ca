import assert from "node:assert/strict";
import { test } from "node:test";
import { atEndOfTurn } from "./end-of-turn.ts";
import { createTurns } from "./turns.ts";

test("what was answered while long work lets others in is written before the work goes on", async () => {
  const turns = createTurns();
  const order: string[] = [];
  const work = (async () => {
    for (let part = 0; part < 3; part++) {
      await turns.give();
      order.push("work");
    }
  })();
  atEndOfTurn(() => order.push("written"));
  await work;
  assert.deepEqual(order, ["written", "work", "work", "work"]);
});
