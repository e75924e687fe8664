// A client of the API whose every type comes from openapi.json, and how tests read its answers.
import assert from "node:assert/strict";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./generated/api.js";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

interface Answer<T> {
  data?: T;
  error?: Problem | Schemas["Health"];
  response: Response;
}

export function connect(baseUrl: string, key: string): Client<paths> {
  return createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });
}

/** What a success answered; fails with the problem when it was none. */
export function accepted<T>(answer: Answer<T>, status: number): T {
  assert.equal(answer.response.status, status, JSON.stringify(answer.error));
  assert.ok(answer.response.headers.get("X-Request-Id"));
  assert.ok(answer.data !== undefined);
  return answer.data;
}

/** A success that has no body. */
export function done(answer: Answer<unknown>): void {
  assert.equal(answer.response.status, 204, JSON.stringify(answer.error));
}

/** The problem of a refusal; fails when it was none, or another one. */
export function refused(answer: Answer<unknown>, status: number, code: Problem["code"]): Problem {
  assert.equal(answer.response.status, status);
  assert.equal(answer.response.headers.get("Content-Type"), "application/problem+json");
  const { error } = answer;
  assert.ok(error !== undefined && "code" in error, "the answer is no problem");
  assert.equal(error.code, code);
  assert.equal(error.status, status);
  assert.equal(error.request_id, answer.response.headers.get("X-Request-Id"));
  return error;
}

export function header(response: Response, name: string): string {
  const value = response.headers.get(name);
  assert.ok(value, `the answer has no ${name}`);
  return value;
}
