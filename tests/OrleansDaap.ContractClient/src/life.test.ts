// The whole life of a database by the generated client, against the server that DAAP_URL names, with the key in DAAP_KEY.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepted, connect, done, header, refused, type Schemas } from "./client.js";

const url = setting("DAAP_URL");
const platform = connect(url, setting("DAAP_KEY"));

const tier: Schemas["NewTierRequest"] = {
  id: "contract",
  description: "For the contract's client",
  postgres_version: 15,
  instances: 1,
  cpu_cores: 1,
  memory_gib: 2,
  storage: { size_gib: 10 },
  pooling: { mode: "transaction", max_connections: 20 },
  destruction_strategy: "freeze",
};

function setting(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is not set`);
  return value;
}

async function until(client: typeof platform, id: string, status: Schemas["DatabaseStatus"]): Promise<Schemas["Database"]> {
  // The server's backend is done at once; what is waited for is a few of its turns.
  for (let asked = 0; asked < 2000; asked++) {
    const database = accepted(await client.GET("/databases/{id}", { params: { path: { id } } }), 200);
    if (database.status === status) return database;
  }
  assert.fail(`the database did not become ${status}`);
}

test("a database lives from its key to its removal", async () => {
  const health = accepted(await platform.GET("/health"), 200);
  assert.equal(health.status, "healthy");

  const made = accepted(await platform.POST("/api-keys", { body: { team: "contract", role: "product-team" } }), 201);
  assert.ok(made.key);
  const team = connect(url, made.key);

  // A tier and its quota, which has room for one database.
  const created = await platform.POST("/tiers", { body: tier });
  assert.equal(accepted(created, 201).revision, 1);
  assert.equal(header(created.response, "Location"), "/tiers/contract");
  refused(await platform.POST("/tiers", { body: tier }), 409, "name-taken");
  refused(await team.POST("/tiers", { body: { ...tier, id: "own" } }), 403, "forbidden");
  const path = { id: "contract" };
  const quota = accepted(await platform.PUT("/tiers/{id}/quota", { params: { path }, body: { databases: 1 } }), 200);
  assert.deepEqual(quota.remaining, { cpu_cores: null, memory_gib: null, storage_gib: null, databases: 1 });
  const seen = accepted(await team.GET("/tiers/{id}", { params: { path } }), 200);
  assert.ok("guarantees" in seen && !("instances" in seen));
  assert.equal(seen.guarantees.destruction_strategy, "freeze");
  const raised = accepted(await platform.PATCH("/tiers/{id}", { params: { path }, body: { memory_gib: 4 } }), 200);
  assert.equal(raised.revision, 2);

  // A database, asked for twice in the same words.
  const body: Schemas["NewDatabaseRequest"] = { name: "orders", purpose: "order history", tier: "contract" };
  const once = { params: { header: { "Idempotency-Key": "contract-1", "X-Request-Id": "contract-request" } }, body };
  const asked = await team.POST("/databases", once);
  const { id } = accepted(asked, 202);
  assert.equal(header(asked.response, "Location"), `/databases/${id}`);
  assert.equal(header(asked.response, "X-Request-Id"), "contract-request");
  const again = await team.POST("/databases", once);
  assert.equal(accepted(again, 202).id, id);
  assert.equal(header(again.response, "Idempotency-Replayed"), "true");
  refused(await team.POST("/databases", { ...once, body: { ...body, name: "other" } }), 422, "idempotency-key-reused");
  const full = refused(await team.POST("/databases", { body: { ...body, name: "second" } }), 422, "quota-exceeded");
  assert.deepEqual(full.violations, [{ resource: "databases", requested: 1, used: 1, limit: 1 }]);
  const wrong = refused(await team.POST("/databases", { body: { ...body, name: "Not A Name" } }), 400, "validation-failed");
  assert.deepEqual(Object.keys(wrong.errors ?? {}), ["name"]);

  const ready = await until(team, id, "ready");
  assert.equal(ready.connection?.sslmode, "verify-full");
  assert.equal(ready.connection?.pooled?.host, ready.connection?.host);
  const list = accepted(await team.GET("/databases", { params: { query: { status: "ready", limit: 10 } } }), 200);
  assert.deepEqual(list.items.map((item) => item.id), [id]);
  assert.equal(list.next_cursor, null);

  // A change of what was read, and one of what was read before.
  const read = await team.GET("/databases/{id}", { params: { path: { id } } });
  const condition = { path: { id }, header: { "If-Match": header(read.response, "ETag") } };
  const changed = accepted(await team.PATCH("/databases/{id}", { params: condition, body: { deletion_protection: true } }), 200);
  assert.equal(changed.deletion_protection, true);
  refused(await team.PATCH("/databases/{id}", { params: condition, body: { purpose: "late" } }), 412, "precondition-failed");
  refused(await team.DELETE("/databases/{id}", { params: { path: { id } } }), 409, "deletion-protected");
  accepted(await team.PATCH("/databases/{id}", { params: { path: { id } }, body: { deletion_protection: false } }), 200);

  // Frozen and back.
  const frozen = await team.DELETE("/databases/{id}", { params: { path: { id } } });
  accepted(frozen, 202);
  const operation = header(frozen.response, "Operation-Location").split("/").at(-1) ?? "";
  assert.equal((await until(team, id, "frozen")).connection, null);
  const work = accepted(await team.GET("/operations/{id}", { params: { path: { id: operation } } }), 200);
  assert.deepEqual([work.kind, work.status, work.database_id], ["freeze", "succeeded", id]);
  accepted(await team.POST("/databases/{id}/unfreeze", { params: { path: { id } } }), 202);
  await until(team, id, "ready");
  const denied = refused(await team.POST("/databases/{id}/unfreeze", { params: { path: { id } } }), 409, "invalid-state");
  assert.equal(denied.current_status, "ready");

  // Removed, which is the platform team's to do.
  const force = { path: { id }, query: { force: true } };
  refused(await team.DELETE("/databases/{id}", { params: force }), 403, "forbidden");
  accepted(await platform.DELETE("/databases/{id}", { params: force }), 202);
  assert.ok((await until(team, id, "deleted")).deleted_at);
  const operations = accepted(await team.GET("/databases/{id}/operations", { params: { path: { id } } }), 200);
  assert.deepEqual(operations.items.map((item) => item.kind), ["hard-delete", "unfreeze", "freeze", "create"]);

  // Who did what, and the end of the tier and the key.
  const log = accepted(await platform.GET("/audit-log", { params: { query: { team: "contract", outcome: "accepted" } } }), 200);
  assert.equal(log.items.filter((entry) => entry.action === "create-database").length, 2);
  assert.ok(log.items.some((entry) => entry.request_id === "contract-request"));
  done(await platform.DELETE("/tiers/{id}", { params: { path } }));
  refused(await platform.GET("/tiers/{id}", { params: { path } }), 404, "not-found");
  done(await platform.DELETE("/api-keys/{id}", { params: { path: { id: made.id } } }));
  refused(await team.GET("/databases"), 401, "unauthenticated");
});

async function ended(client: typeof platform, operation: string): Promise<Schemas["Operation"]> {
  for (let asked = 0; asked < 2000; asked++) {
    const work = accepted(await client.GET("/operations/{id}", { params: { path: { id: operation } } }), 200);
    if (work.status !== "running") return work;
  }
  assert.fail(`${operation} did not end`);
}

test("a database is backed up, restored into another, and archived", async () => {
  const made = accepted(await platform.POST("/api-keys", { body: { team: "careful", role: "product-team" } }), 201);
  assert.ok(made.key);
  const team = connect(url, made.key);
  const safe: Schemas["NewTierRequest"] = {
    ...tier,
    id: "careful",
    backup: { schedule: "0 3 * * *", retention_days: 7 },
    drill: "0 4 * * 0",
    full_backup_every_days: 7,
    destruction_strategy: "archive",
    archive_retention_days: 30,
  };
  accepted(await platform.POST("/tiers", { body: safe }), 201);
  accepted(await platform.POST("/tiers", { body: { ...tier, id: "careless" } }), 201);
  const body: Schemas["NewDatabaseRequest"] = { name: "invoices", purpose: "invoices", tier: "careful" };
  const { id } = accepted(await team.POST("/databases", { body }), 202);
  await until(team, id, "ready");
  const path = { id };

  // A backup, asked for twice in the same words, followed as an operation and found in the list.
  const once = { params: { path, header: { "Idempotency-Key": "contract-backup" } }, body: { type: "full" } as const };
  const asked = await team.POST("/databases/{id}/backups", once);
  const backup = accepted(asked, 202);
  assert.deepEqual([backup.database_id, backup.type], [id, "full"]);
  assert.equal(accepted(await team.POST("/databases/{id}/backups", once), 202).id, backup.id);
  assert.equal(header(asked.response, "Location"), `/databases/${id}/backups/${backup.id}`);
  const operation = header(asked.response, "Operation-Location").split("/").at(-1) ?? "";
  const work = await ended(team, operation);
  assert.deepEqual([work.kind, work.status, work.database_id], ["backup", "succeeded", id]);
  const shown = accepted(await team.GET("/databases/{id}/backups/{backup}", { params: { path: { id, backup: backup.id } } }), 200);
  assert.deepEqual([shown.status, shown.checksums_verified, shown.error], ["succeeded", true, null]);
  assert.ok(shown.size_bytes && shown.wal_start && shown.wal_stop && shown.finished_at);
  const page = accepted(await team.GET("/databases/{id}/backups", { params: { path, query: { limit: 1 } } }), 200);
  assert.equal(page.items[0]?.id, backup.id);
  assert.ok(page.next_cursor);
  const rest = accepted(await team.GET("/databases/{id}/backups", { params: { path, query: { cursor: page.next_cursor } } }), 200);
  assert.equal(rest.items.length, 1);
  const history = accepted(await team.GET("/databases/{id}/operations", { params: { path } }), 200);
  assert.deepEqual(history.items.map((item) => item.kind), ["backup", "create"]);

  // A restore, and the moments that there is none to.
  const { backup: state } = accepted(await team.GET("/databases/{id}", { params: { path } }), 200);
  assert.ok(state?.enabled && state.earliest_restore_at && state.last_successful_at && state.drill);
  const outside = refused(await team.POST("/databases/{id}/restore", { params: { path }, body: { target_time: "2020-01-01T00:00:00Z" } }), 422, "restore-target-out-of-range");
  assert.ok(outside.earliest && outside.latest);
  const restored = accepted(await team.POST("/databases/{id}/restore", { params: { path }, body: { target_time: state.earliest_restore_at, name: "invoices-then" } }), 202);
  assert.deepEqual(restored.restored_from, { database_id: id, target_time: state.earliest_restore_at });
  assert.equal((await until(team, restored.id, "ready")).name, "invoices-then");
  refused(await team.POST("/databases/{id}/restore", { params: { path }, body: { target_time: state.earliest_restore_at, name: "invoices-then" } }), 409, "name-taken");

  // Without backups there is neither.
  const plain = accepted(await team.POST("/databases", { body: { ...body, name: "notes", tier: "careless" } }), 202);
  await until(team, plain.id, "ready");
  refused(await team.POST("/databases/{id}/backups", { params: { path: { id: plain.id } }, body: { type: "full" } }), 422, "backup-not-configured");
  refused(await team.POST("/databases/{id}/restore", { params: { path: { id: plain.id } }, body: { target_time: state.earliest_restore_at } }), 422, "backup-not-configured");

  // Archived, and restored from there.
  const deleted = await team.DELETE("/databases/{id}", { params: { path } });
  accepted(deleted, 202);
  const archive = await ended(team, header(deleted.response, "Operation-Location").split("/").at(-1) ?? "");
  assert.deepEqual([archive.kind, archive.status], ["archive", "succeeded"]);
  assert.ok(archive.steps.every((step) => step.status === "succeeded"));
  const archived = await until(team, id, "archived");
  assert.equal(archived.connection, null);
  refused(await team.POST("/databases/{id}/backups", { params: { path }, body: { type: "full" } }), 409, "invalid-state");
  const revived = accepted(await team.POST("/databases/{id}/restore", { params: { path }, body: { target_time: state.earliest_restore_at } }), 202);
  await until(team, revived.id, "ready");

  for (const each of [id, restored.id, revived.id, plain.id]) {
    accepted(await platform.DELETE("/databases/{id}", { params: { path: { id: each }, query: { force: true } } }), 202);
    await until(team, each, "deleted");
  }
  for (const each of ["careful", "careless"]) done(await platform.DELETE("/tiers/{id}", { params: { path: { id: each } } }));
  done(await platform.DELETE("/api-keys/{id}", { params: { path: { id: made.id } } }));
});
