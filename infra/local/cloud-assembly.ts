import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  Condition: z.string().optional(),
});

const templateSchema = z.looseObject({
  Parameters: z
    .record(z.string(), z.looseObject({ Type: z.string(), Default: z.unknown().optional() }))
    .default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Mappings: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resourceSchema).default({}),
  Outputs: z
    .record(
      z.string(),
      z.looseObject({
        Value: z.unknown(),
        Condition: z.string().optional(),
        Export: z.looseObject({ Name: z.unknown() }).optional(),
      }),
    )
    .default({}),
});

const manifestSchema = z.looseObject({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      dependencies: z.array(z.string()).default([]),
      properties: z
        .looseObject({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
        })
        .default({}),
    }),
  ),
});

const assetManifestSchema = z.looseObject({
  files: z
    .record(
      z.string(),
      z.looseObject({
        source: z.looseObject({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.looseObject({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/** A CloudFormation template, as far as the local run reads it. */
export type StackTemplate = z.infer<typeof templateSchema>;

/** One resource of a template, its intrinsic functions not yet resolved. */
export type TemplateResource = z.infer<typeof resourceSchema>;

/** One stack of the assembly. */
export interface AssemblyStack {
  readonly name: string;
  readonly template: StackTemplate;
}

/** What `npm run synth` left behind: the local run's only view of the product. */
export interface CloudAssembly {
  /** A stack stands behind those that it depends on. */
  readonly stacks: readonly AssemblyStack[];
  /** The folder of a file asset, by the key under which a deployment would upload it; `undefined` for no such asset. */
  assetFolder(objectKey: string): string | undefined;
}

/** Reads a cloud assembly (`cdk.out`). Throws an `Error` that names the file where something is missing or malformed. */
export function readCloudAssembly(folder: string): CloudAssembly {
  const root = resolve(folder);
  if (!existsSync(resolve(root, 'manifest.json'))) {
    throw new Error(`No cloud assembly in ${root}: run \`npm run build && npm run synth\` first.`);
  }
  const { artifacts } = readJson(resolve(root, 'manifest.json'), manifestSchema);
  const assets = new Map<string, string>();
  for (const artifact of Object.values(artifacts)) {
    if (artifact.type !== 'cdk:asset-manifest' || artifact.properties.file === undefined) continue;
    const { files } = readJson(resolve(root, artifact.properties.file), assetManifestSchema);
    for (const { source, destinations } of Object.values(files)) {
      if (source.path === undefined) continue;
      for (const { objectKey } of Object.values(destinations)) {
        assets.set(objectKey, resolve(root, source.path));
      }
    }
  }
  const stacks: AssemblyStack[] = [];
  const visited = new Set<string>();
  const visit = (id: string): void => {
    const artifact = artifacts[id];
    if (artifact === undefined || visited.has(id)) return;
    visited.add(id);
    artifact.dependencies.forEach(visit);
    const { templateFile, stackName } = artifact.properties;
    if (artifact.type === 'aws:cloudformation:stack' && templateFile !== undefined) {
      stacks.push({ name: stackName ?? id, template: readJson(resolve(root, templateFile), templateSchema) });
    }
  };
  Object.keys(artifacts).forEach(visit);
  return { stacks, assetFolder: objectKey => assets.get(objectKey) };
}

/** Checks a template that was not read from a file. Throws an `Error` that lists its faults. */
export function parseTemplate(template: unknown, name: string): StackTemplate {
  const parsed = templateSchema.safeParse(template);
  if (!parsed.success) throw new Error(`${name}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function readJson<T>(file: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parseJson(readFileSync(file, 'utf8'), file));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is no JSON: ${String(error)}`, { cause: error });
  }
}
