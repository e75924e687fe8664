// Kubernetes' own kinds and cert-manager's, by TypeScript declarations that were generated from their OpenAPI schemas: each object is
// compiled as a literal of its type, and a literal must have all that its type requires and may have nothing more.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const folder = dirname(fileURLToPath(import.meta.url));
const certManager = 'cert-manager.io/';

export function typed(manifests) {
  const sources = new Map(manifests.map(({ object, name }, index) => [join(folder, `object-${index}.ts`), { name, text: source(object) }]));
  const options = {
    strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: true, types: [],
    target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => sources.has(file) || fileExists.call(host, file);
  host.readFile = (file) => sources.get(file)?.text ?? readFile.call(host, file);
  host.getSourceFile = (file, version, ...rest) =>
    sources.has(file) ? ts.createSourceFile(file, sources.get(file).text, version) : getSourceFile.call(host, file, version, ...rest);
  const program = ts.createProgram([...sources.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const where = diagnostic.file ? (sources.get(diagnostic.file.fileName)?.name ?? diagnostic.file.fileName) : 'typescript';
    return `${where}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`;
  });
}

function source(object) {
  const [module, type] = declaration(object);
  // Kind and version are optional in the declarations; an object without them is none.
  return `import type { ${type} } from ${JSON.stringify(module)};
const manifest: ${type} & { apiVersion: string; kind: string; metadata: { name: string } } = ${JSON.stringify(object, null, 1)};
export default manifest;
`;
}

function declaration({ apiVersion, kind }) {
  if (apiVersion?.startsWith(certManager)) return [`@kubernetes-models/cert-manager/${apiVersion}/${kind}`, `I${kind}`];
  const [group, version] = apiVersion?.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  return [`kubernetes-types/${group.split('.')[0]}/${version}`, kind];
}
