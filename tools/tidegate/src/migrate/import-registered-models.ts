import { findEarlier, refreshEarlier } from './earlier-version';
import type { ExportedVersion, RegisteredModelLine } from './export-records';
import type { ImportContext } from './import-context';
import { PLACEHOLDER, SOURCE_VERSION } from './migration-tags';
import { isPrompt, tagOf, type ModelVersionRecord, type RegisteredModelRecord } from './mlflow-records';
import { rewriteSource, rewriteTags, type NewSource } from './rewrite-references';

/** What there is of a model on the new server before its versions are made. */
interface TargetModel {
  readonly versions: readonly ModelVersionRecord[];
  /** Whether all of it is from this import: only then can old numbers be kept, and nobody else's alias be hit. */
  readonly isOurs: boolean;
  readonly aliases: RegisteredModelRecord['aliases'];
}

/** Registered models, versions, aliases, stages. */
export class RegisteredModelImport {
  private readonly begun = new Set<string>();
  private lines: ReadonlyMap<string, RegisteredModelLine> = new Map();

  constructor(private readonly context: ImportContext) {}

  async import(): Promise<void> {
    const lines = new Map<string, RegisteredModelLine>();
    for await (const line of this.context.folder.registeredModelLines()) lines.set(line.model.name, line);
    this.lines = lines;
    for (const name of lines.keys()) await this.importModel(name);
  }

  private async importModel(name: string): Promise<void> {
    const line = this.lines.get(name);
    if (line === undefined || this.begun.has(name)) return;
    this.begun.add(name);
    const { journal, progress } = this.context;
    if (journal.has('registered-model-done', name)) return;
    progress.report(() => `importing registered model ${name}`);
    const target = await this.ensureModel(line.model);
    await this.importVersions(line, target);
    await this.importAliases(line.model, target);
    for (const { version, tags } of await this.context.reader.versions(line.model))
      if (tagOf(tags, PLACEHOLDER) !== undefined) await this.context.writer.deleteVersion(name, version);
    await journal.record({ kind: 'registered-model-done', from: name });
  }

  private async ensureModel(model: RegisteredModelRecord): Promise<TargetModel> {
    const { reader, writer, names } = this.context;
    const existing = await reader.registeredModel(model.name);
    const tags = rewriteTags(model.tags, names);
    if (existing === undefined) {
      await writer.createRegisteredModel({ ...model, tags });
      return { versions: [], isOurs: true, aliases: [] };
    }
    const missing = tags.filter(({ key }) => tagOf(existing.tags, key) === undefined);
    await writer.tagRegisteredModel(model.name, missing);
    const versions = await reader.versions(model);
    const isOurs = versions.every(
      ({ tags }) => (tagOf(tags, SOURCE_VERSION) ?? tagOf(tags, PLACEHOLDER)) !== undefined,
    );
    return { versions, isOurs, aliases: existing.aliases };
  }

  private async importVersions({ model, versions }: RegisteredModelLine, target: TargetModel): Promise<void> {
    const { journal } = this.context;
    let last = Math.max(0, ...target.versions.map(({ version }) => Number(version)));
    for (const version of versions) {
      const from = `${model.name}/${version.version}`;
      if (journal.has('version', from)) continue;
      const source = await this.newSource(version);
      if (source === undefined) continue;
      const earlier = findEarlier(target.versions, version, source);
      if (earlier) {
        await refreshEarlier(this.context, earlier, version);
        await journal.record({ kind: 'version', from, to: earlier.version });
        continue;
      }
      const made = await this.importVersion(version, source, target.isOurs ? last : undefined);
      last = Number(made);
      await journal.record({ kind: 'version', from, to: made });
    }
  }

  /**
   * Resolves to its number.
   *
   * @param last the highest so far; undefined: its old number cannot be kept
   */
  private async importVersion(
    version: ExportedVersion,
    source: NewSource,
    last: number | undefined,
  ): Promise<string> {
    const { writer, names } = this.context;
    const { name, version: number, description, run_link, current_stage } = version;
    const runId = source.runId ?? names.run(version.run_id)?.to;
    const same = {
      name,
      source: source.source,
      ...(runId !== undefined && { run_id: runId }),
      ...(source.modelId !== undefined && { model_id: source.modelId }),
    };
    const tags = rewriteTags(version.tags, names);
    if (last !== undefined)
      await this.fillGap(same, last, Number(number), isPrompt(version.tags) ? tags : []);
    const mark = { key: SOURCE_VERSION, value: number };
    const made = await writer.createVersion({ ...same, run_link, description, tags: [...tags, mark] });
    if (current_stage !== 'None') await writer.setStage(name, made.version, current_stage);
    return made.version;
  }

  /** MLflow counts: for version 3 to be 3 again, there must have been a 2. */
  private async fillGap(
    same: { readonly name: string; readonly source: string },
    last: number,
    next: number,
    tags: ModelVersionRecord['tags'],
  ): Promise<void> {
    const mark = { key: PLACEHOLDER, value: 'true' };
    for (let number = last + 1; number < next;) {
      const made = await this.context.writer.createVersion({ ...same, tags: [...tags, mark] });
      number = Number(made.version) + 1;
    }
  }

  /** Undefined when it has nothing to stand on. */
  private async newSource(version: ExportedVersion): Promise<NewSource | undefined> {
    const { names } = this.context;
    if (isPrompt(version.tags)) return { source: version.source };
    // A copy of another model's version: that one first.
    const [, other] = /^models:\/+([^/]+)\/\d+\/*$/.exec(version.source) ?? [];
    if (other !== undefined) await this.importModel(other);
    return rewriteSource(version.source, names) ?? rewriteSource(version.storage_uri, names);
  }

  private async importAliases({ name, aliases }: RegisteredModelRecord, target: TargetModel): Promise<void> {
    const { names, writer, differs } = this.context;
    const ours = new Set(this.lines.get(name)?.versions.map(({ version }) => names.version(name, version)));
    for (const { alias, version } of aliases) {
      const to = names.version(name, version);
      const current = target.aliases.find((other) => other.alias === alias)?.version;
      if (to === undefined) {
        differs(`Alias "${alias}" of "${name}" is left out: its version ${version} was not imported.`);
      } else if (current !== undefined && current !== to && !ours.has(current)) {
        differs(
          `Alias "${alias}" of "${name}" stays at version ${current}, which was there before: imported version ${to} would have it.`,
        );
      } else if (current !== to) {
        await writer.setAlias(name, alias, to);
      }
    }
  }
}
