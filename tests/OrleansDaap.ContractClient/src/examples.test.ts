// Every example in openapi.json is valid by its schema, and every place that should have one has one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";

const file = new URL("../../../src/OrleansDaap.Server/openapi.json", import.meta.url);
const root = "http://localhost/openapi.json";

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const description: Json = JSON.parse(readFileSync(file, "utf8"));

// The document itself is no schema: its schemas are reached by pointers into it, and its own words are ignored.
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema({ $id: root, ...asObject(description) });

function asObject(value: Json | undefined): { [name: string]: Json } {
  assert.ok(typeof value === "object" && value !== null && !Array.isArray(value), `no object: ${JSON.stringify(value)}`);
  return value;
}

function escaped(name: string): string {
  return encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));
}

function at(pointer: string[]): Json | undefined {
  return pointer.reduce<Json | undefined>((value, name) => asObject(value)[name], description);
}

function examplesOf(content: { [name: string]: Json }): [string, Json][] {
  if ("example" in content) return [["example", content["example"] ?? null]];
  return Object.entries(asObject(content["examples"])).map(([name, given]) => {
    const reference = asObject(given)["$ref"];
    const example = typeof reference === "string" ? asObject(at(reference.slice(2).split("/"))) : asObject(given);
    assert.ok("value" in example, `${name} has no value`);
    return [name, example["value"] ?? null];
  });
}

/** The places in the document where a body is described. */
function contents(): string[][] {
  const found: string[][] = [];
  for (const [path, operations] of Object.entries(asObject(at(["paths"])))) {
    for (const [method, operation] of Object.entries(asObject(operations))) {
      const here = ["paths", path, method];
      const { requestBody, responses } = asObject(operation);
      if (requestBody !== undefined) found.push([...here, "requestBody", "content"]);
      for (const [status, response] of Object.entries(asObject(responses))) {
        if ("content" in asObject(response)) found.push([...here, "responses", status, "content"]);
        else assert.equal(status, "204", `${path} ${method} ${status} describes no body`);
      }
    }
  }
  return found.flatMap((content) => Object.keys(asObject(at(content))).map((media) => [...content, media]));
}

test("every example is valid by its schema", () => {
  const places = contents();
  let checked = 0;
  for (const place of places) {
    const validate = ajv.getSchema(`${root}#/${[...place, "schema"].map(escaped).join("/")}`);
    assert.ok(validate, `${place.join(" ")} has no schema`);
    const examples = examplesOf(asObject(at(place)));
    assert.ok(examples.length > 0, `${place.join(" ")} has no example`);
    for (const [name, example] of examples) {
      assert.ok(validate(example), `${place.join(" ")} ${name}: ${ajv.errorsText(validate.errors)}`);
      checked++;
    }
  }
  assert.ok(checked > 100, `only ${checked} examples were found`);
});

test("a wrong example would be found", () => {
  const validate = ajv.getSchema(`${root}#/components/schemas/Database`);
  const good = asObject(examplesOf(asObject(at(["paths", "/databases/{id}", "get", "responses", "200", "content", "application/json"])))[0]?.[1]);
  assert.ok(validate);
  assert.ok(validate(good));
  assert.ok(!validate({ ...good, status: "asleep" }));
  assert.ok(!validate({ ...good, created_at: "yesterday" }));
  assert.ok(!validate({ ...good, name: null }));
});
