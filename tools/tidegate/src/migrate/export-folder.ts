import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CommandError } from '../command-error';
import { FOLDER_LOCK } from './only-here';
import { jsonOf, OWNER_ONLY, readLines } from './ndjson';
import {
  exportDescriptionSchema,
  experimentLineSchema,
  manifestSchema,
  registeredModelLineSchema,
  type ArtifactManifest,
  type ExperimentLine,
  type ExportDescription,
  type RegisteredModelLine,
} from './export-records';

const DESCRIPTION = 'export.json';
const MODELS = 'registered-models.ndjson';

/** The files of an export; what has its final name is whole. */
export class ExportFolder {
  constructor(readonly path: string) {}

  make(): Promise<unknown> {
    return mkdir(this.path, { recursive: true, mode: OWNER_ONLY.folder });
  }

  /** Undefined when the folder is empty or not there. */
  async description(): Promise<ExportDescription | undefined> {
    const text = await readIfThere(path.join(this.path, DESCRIPTION));
    if (text !== undefined) return this.parse(text, exportDescriptionSchema, DESCRIPTION);
    if ((await namesIn(this.path)).every((name) => name === FOLDER_LOCK)) return undefined;
    throw new CommandError(
      `${this.path} is not empty and holds no ${DESCRIPTION}: expected an empty folder, a new one, or an export.`,
    );
  }

  async describe(description: ExportDescription): Promise<void> {
    for (const part of ['experiments', 'artifacts/runs', 'artifacts/models'])
      await mkdir(path.join(this.path, part), { recursive: true, mode: OWNER_ONLY.folder });
    await writeWhole(path.join(this.path, DESCRIPTION), `${JSON.stringify(description, null, 2)}\n`);
  }

  experimentFile(id: string): string {
    return path.join(this.path, 'experiments', `${plain(id)}.ndjson`);
  }

  /** Those that are whole, the lowest number first. */
  async experimentIds(): Promise<string[]> {
    const names = await namesIn(path.join(this.path, 'experiments'));
    const ids = names
      .filter((name) => name.endsWith('.ndjson'))
      .map((name) => name.slice(0, -'.ndjson'.length));
    return ids.sort((one, other) => one.length - other.length || (one < other ? -1 : 1));
  }

  experimentLines(id: string): AsyncGenerator<ExperimentLine> {
    return this.lines(this.experimentFile(id), experimentLineSchema);
  }

  get modelsFile(): string {
    return path.join(this.path, MODELS);
  }

  registeredModelLines(): AsyncGenerator<RegisteredModelLine> {
    return this.lines(this.modelsFile, registeredModelLineSchema);
  }

  artifactsOf(kind: 'runs' | 'models', id: string): string {
    return path.join(this.path, 'artifacts', kind, plain(id));
  }

  /** Undefined while the folder beside it is not whole. */
  async manifest(kind: 'runs' | 'models', id: string): Promise<ArtifactManifest | undefined> {
    const file = `${this.artifactsOf(kind, id)}.json`;
    const text = await readIfThere(file);
    return text === undefined ? undefined : this.parse(text, manifestSchema, file);
  }

  writeManifest(kind: 'runs' | 'models', id: string, manifest: ArtifactManifest): Promise<void> {
    return writeWhole(`${this.artifactsOf(kind, id)}.json`, `${JSON.stringify(manifest)}\n`);
  }

  /** What a killed export left of the artifacts: a folder without its manifest, and downloads in parts. */
  async removeUnfinished(kind: 'runs' | 'models', id: string): Promise<void> {
    const folder = this.artifactsOf(kind, id);
    const partial = `${path.basename(folder)}.partial-`;
    await rm(folder, { recursive: true, force: true });
    for (const name of await namesIn(path.dirname(folder)))
      if (name.startsWith(partial)) await rm(path.join(path.dirname(folder), name), { recursive: true });
  }

  private async *lines<Schema extends z.ZodType>(
    file: string,
    schema: Schema,
  ): AsyncGenerator<z.output<Schema>> {
    for await (const { text } of readLines(file)) yield this.parse(text, schema, file);
  }

  private parse<Schema extends z.ZodType>(text: string, schema: Schema, file: string): z.output<Schema> {
    const parsed = schema.safeParse(jsonOf(text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new CommandError(
      `${path.relative(this.path, path.resolve(this.path, file))} in ${this.path} is damaged or of another version (${issue?.path.join('.')}: ${issue?.message}). Export again into an empty folder.`,
    );
  }
}

/** Ids become names of files: MLflow makes them of letters, digits, `-` and `_`. */
function plain(id: string): string {
  if (/^[\w-]+$/.test(id)) return id;
  throw new CommandError(
    `The server has the id ${JSON.stringify(id)}: expected letters, digits, "-" and "_".`,
  );
}

async function writeWhole(file: string, text: string): Promise<void> {
  const partial = `${file}.partial`;
  const handle = await open(partial, 'w', OWNER_ONLY.file);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, file);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
