// Holds Kubernetes manifests to their schemas, strictly: what a schema does not name is a mistake.
// Usage: node check.mjs CRDS FILE…   CRDS is a folder of custom resource definitions, FILE has YAML documents.
// Prints a line for each mistake and ends with 1 when there is one; with 2 when nothing was checked.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { customResources } from './custom-resources.mjs';
import { kustomized } from './kustomized.mjs';
import { typed } from './typed.mjs';

const [crds, ...files] = process.argv.slice(2);
const mistakes = [];
const objects = [];
for (const file of files) {
  for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
    mistakes.push(...[...document.errors, ...document.warnings].map((error) => `${file}: ${error.message}`));
    const object = document.toJS();
    if (object === null) mistakes.push(`${file}: has an empty document`);
    else objects.push({ file, object, name: `${basename(file)}: ${object.kind} ${object.metadata?.name}` });
  }
}

const custom = customResources(crds);
const { manifests, mistakes: wrongPatches } = kustomized(objects);
mistakes.push(...wrongPatches);
mistakes.push(...manifests.filter(({ object }) => custom.knows(object)).flatMap(({ object, name }) => custom.mistakes(object).map((mistake) => `${name}: ${mistake}`)));
mistakes.push(...typed(manifests.filter(({ object }) => !custom.knows(object))));

mistakes.forEach((mistake) => console.error(mistake));
console.log(`${manifests.length} objects, ${mistakes.length} mistakes`);
process.exitCode = manifests.length === 0 ? 2 : mistakes.length > 0 ? 1 : 0;
