import { CommandError } from '../command-error';
import { ArtifactExport } from './export-artifacts';
import { ExportFolder } from './export-folder';
import { experimentLineSchema, type ExportDescription } from './export-records';
import { isDeleted, type ExperimentRecord, type RunRecord } from './mlflow-records';
import type { MlflowReader } from './mlflow-reader';
import type { MigrateProgress } from './migrate-progress';
import { GrowingFile, isThere, readLines } from './ndjson';

const POINTS_PER_LINE = 1_000;

export interface ExportCounts {
  experiments: number;
  runs: number;
  metricPoints: number;
  loggedModels: number;
  registeredModels: number;
  modelVersions: number;
  files: number;
  bytes: number;
}

export interface ExportOutcome extends Readonly<ExportCounts> {
  readonly mlflowVersion: string;
  /** Whether an earlier call had done it all. */
  readonly wasComplete: boolean;
}

/** Writes everything of a server into a folder; what an interrupted call finished is not fetched again. */
export class ServerExport {
  private readonly counts: ExportCounts = {
    experiments: 0,
    runs: 0,
    metricPoints: 0,
    loggedModels: 0,
    registeredModels: 0,
    modelVersions: 0,
    files: 0,
    bytes: 0,
  };
  private readonly artifacts: ArtifactExport;

  constructor(
    private readonly server: MlflowReader,
    private readonly folder: ExportFolder,
    private readonly progress: MigrateProgress,
    private readonly skipsDeleted: boolean,
  ) {
    this.artifacts = new ArtifactExport(server, folder, progress);
  }

  async run(): Promise<ExportOutcome> {
    const mlflowVersion = await this.server.version();
    const description: ExportDescription = {
      format: 1,
      from: this.server.url,
      mlflowVersion,
      skipsDeleted: this.skipsDeleted,
      isComplete: false,
    };
    const before = await this.folder.description();
    if (before !== undefined) this.requireSame(before, description);
    if (before?.isComplete !== true) {
      await this.folder.describe(description);
      for await (const experiment of this.server.experiments()) await this.exportExperiment(experiment);
      await this.exportRegisteredModels();
      await this.folder.describe({ ...description, isComplete: true });
    }
    await this.count();
    return { ...this.counts, mlflowVersion, wasComplete: before?.isComplete === true };
  }

  private requireSame(before: ExportDescription, now: ExportDescription): void {
    if (before.from !== now.from)
      throw new CommandError(
        `${this.folder.path} holds an export of ${before.from}, not of ${now.from}. Choose another folder.`,
      );
    if (before.skipsDeleted !== now.skipsDeleted)
      throw new CommandError(
        `${this.folder.path} was begun ${before.skipsDeleted ? 'with' : 'without'} --skip-deleted. Go on in the same way, or choose another folder.`,
      );
  }

  private async exportExperiment(experiment: ExperimentRecord): Promise<void> {
    const file = this.folder.experimentFile(experiment.experiment_id);
    if ((this.skipsDeleted && isDeleted(experiment.lifecycle_stage)) || (await isThere(file))) return;
    const before = await finishedPart(file);
    const growing = await GrowingFile.open(file, before.bytes);
    try {
      if (before.bytes === 0) await growing.write({ kind: 'experiment', experiment });
      for await (const model of this.server.loggedModels(experiment.experiment_id)) {
        if (before.ids.has(model.info.model_id)) continue;
        const { model_id: id, artifact_uri: uri } = model.info;
        await this.artifacts.export({ kind: 'models', id, uri });
        await growing.write({ kind: 'model', model });
      }
      for await (const run of this.server.runs(experiment.experiment_id))
        if (!before.ids.has(run.info.run_id)) await this.exportRun(run.info, growing);
    } catch (error) {
      await growing.close();
      throw error;
    }
    await growing.finish();
  }

  private async exportRun(info: RunRecord['info'], growing: GrowingFile): Promise<void> {
    const { run_id: id, artifact_uri: uri, lifecycle_stage } = info;
    if (this.skipsDeleted && isDeleted(lifecycle_stage)) return;
    this.progress.report(() => `exporting run ${id}`);
    await this.artifacts.export({ kind: 'runs', id, uri });
    const run = await this.server.run(id);
    await growing.write({ kind: 'run', run });
    for (const { key } of run.data.metrics)
      for await (const page of this.server.metricHistory(id, key))
        for (let start = 0; start < page.length; start += POINTS_PER_LINE) {
          const part = page.slice(start, start + POINTS_PER_LINE);
          const points = part.map(({ value, timestamp, step }) => [value, timestamp, step]);
          await growing.write({ kind: 'metrics', key, points });
        }
    await growing.write({ kind: 'end', runId: id });
  }

  private async exportRegisteredModels(): Promise<void> {
    if (await isThere(this.folder.modelsFile)) return;
    const growing = await GrowingFile.open(this.folder.modelsFile, 0);
    try {
      for await (const model of this.server.registeredModels()) {
        this.progress.report(() => `exporting registered model ${model.name}`);
        const versions = [];
        for (const version of await this.server.versions(model))
          versions.push({
            ...version,
            storage_uri: await this.server.downloadUri(version.name, version.version),
          });
        await growing.write({ model, versions });
      }
    } catch (error) {
      await growing.close();
      throw error;
    }
    await growing.finish();
  }

  /** From the folder, so that a resumed export tells the whole. */
  private async count(): Promise<void> {
    const { counts, folder } = this;
    Object.assign(counts, { files: 0, bytes: 0 });
    for (const id of await folder.experimentIds()) {
      counts.experiments += 1;
      for await (const line of folder.experimentLines(id)) {
        if (line.kind === 'metrics') counts.metricPoints += line.points.length;
        if (line.kind === 'run') await this.countArtifacts('runs', line.run.info.run_id);
        if (line.kind === 'model') await this.countArtifacts('models', line.model.info.model_id);
      }
    }
    for await (const { versions } of folder.registeredModelLines()) {
      counts.registeredModels += 1;
      counts.modelVersions += versions.length;
    }
  }

  private async countArtifacts(kind: 'runs' | 'models', id: string): Promise<void> {
    this.counts[kind === 'runs' ? 'runs' : 'loggedModels'] += 1;
    const manifest = await this.folder.manifest(kind, id);
    for (const { sizeBytes } of manifest?.files ?? []) {
      this.counts.files += 1;
      this.counts.bytes += sizeBytes;
    }
  }
}

/** How far an interrupted call came: the ids of what is whole, and where that ends. */
async function finishedPart(
  file: string,
): Promise<{ readonly ids: ReadonlySet<string>; readonly bytes: number }> {
  const ids = new Set<string>();
  let bytes = 0;
  if (!(await isThere(GrowingFile.partialOf(file)))) return { ids, bytes };
  for await (const { text, endBytes } of readLines(GrowingFile.partialOf(file))) {
    const line = experimentLineSchema.parse(JSON.parse(text));
    if (line.kind === 'end') ids.add(line.runId);
    if (line.kind === 'model') ids.add(line.model.info.model_id);
    if (line.kind !== 'run' && line.kind !== 'metrics') bytes = endBytes;
  }
  return { ids, bytes };
}
