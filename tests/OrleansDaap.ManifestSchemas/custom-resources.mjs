// Custom resources, by the structural schemas of their definitions. Their CEL rules are the API server's to check.
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const metadata = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string', maxLength: 253, pattern: '^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$' },
    namespace: { type: 'string', maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
    labels: { type: 'object', additionalProperties: { type: 'string', maxLength: 63, pattern: '^([A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?)?$' } },
    annotations: { type: 'object', additionalProperties: { type: 'string' } },
  },
};

export function customResources(folder) {
  const ajv = new Ajv({ allErrors: true, strict: false });
  addFormats(ajv);
  const validators = new Map();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    for (const { spec } of parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS()).filter(Boolean)) {
      for (const version of spec.versions) {
        const schema = closed(version.schema.openAPIV3Schema);
        schema.properties = { ...schema.properties, metadata };
        schema.required = [...new Set([...(schema.required ?? []), 'apiVersion', 'kind', 'metadata'])];
        validators.set(`${spec.group}/${version.name} ${spec.names.kind}`, ajv.compile(schema));
      }
    }
  }

  if (validators.size === 0) throw new Error(`${folder} has no custom resource definitions`);
  const find = ({ apiVersion, kind }) => validators.get(`${apiVersion} ${kind}`);
  return {
    knows: (object) => find(object) !== undefined,
    mistakes(object) {
      const validate = find(object);
      return validate(object) ? [] : validate.errors.map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
    },
  };
}

// The API server takes no field that a structural schema does not declare, unless the schema says so.
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const result = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, key === 'properties' ? members(value) : closed(value)]));
  if (result['x-kubernetes-int-or-string']) return { anyOf: [{ type: 'integer' }, { type: 'string', pattern: result.pattern ?? '' }] };
  if (result.properties && result.additionalProperties === undefined && !result['x-kubernetes-preserve-unknown-fields']) result.additionalProperties = false;
  return result;
}

const members = (properties) => Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, closed(schema)]));
