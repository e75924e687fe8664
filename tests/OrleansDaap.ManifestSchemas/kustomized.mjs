// What Kustomize makes of the objects: the patches of the kustomizations, applied to copies of what they are for, so that a patch is held to
// the schema too. Only JSON patches that add or replace, which is all that deploy/ uses.
import { parse } from 'yaml';

export function kustomized(objects) {
  const isSetting = ({ object }) => /^(kustomize\.config\.k8s\.io|k3d\.io)\//.test(object.apiVersion);
  const manifests = objects.filter((entry) => !isSetting(entry));
  const mistakes = [];
  const patched = objects.filter(isSetting).flatMap(({ file, object }) => (object.patches ?? []).flatMap(({ target, patch }) => {
    const targets = manifests.filter(({ object: { kind, metadata } }) => kind === target.kind && new RegExp(`^(${target.name})$`).test(metadata.name));
    if (targets.length === 0) mistakes.push(`${file}: patches ${target.kind} ${target.name}, which is not there`);
    return targets.map((entry) => {
      const copy = structuredClone(entry.object);
      parse(patch).forEach((step) => apply(copy, step, (mistake) => mistakes.push(`${file}: ${mistake}`)));
      return { file, object: copy, name: `${entry.name}, patched by ${file}` };
    });
  }));
  return { manifests: [...manifests, ...patched], mistakes };
}

function apply(object, { op, path, value }, report) {
  const keys = path.split('/').slice(1).map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop();
  const parent = keys.reduce((node, key) => node?.[key], object);
  if (typeof parent !== 'object' || !['add', 'replace'].includes(op) || (op === 'replace' && parent[last] === undefined)) report(`cannot ${op} ${path}`);
  else if (Array.isArray(parent) && last === '-') parent.push(value);
  else parent[last] = value;
}
