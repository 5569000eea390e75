import { CommandError } from '../command-error';
import type { ImportContext } from './import-context';
import { SOURCE_EXPERIMENT, SOURCE_RUN, withoutMigrationTags } from './migration-tags';
import { isDeleted, tagOf, type ExperimentRecord, type RunRecord } from './mlflow-records';
import { takeRenamed } from './renamed-experiment';

/**
 * The first step of an import: every experiment and run exists, still empty, so that whatever refers to one can be
 * written afterwards. What is there already, by name or by the tag of an earlier import, is taken.
 */
export class ShellImport {
  /** Runs of an earlier import whose journal is lost, by the old id. */
  private found = new Map<string, RunRecord>();
  private experimentId = '';

  constructor(private readonly context: ImportContext) {}

  async import(sourceId: string): Promise<void> {
    const { folder, journal, names, skipsDeleted } = this.context;
    const isDone = journal.has('experiment-done', sourceId);
    for await (const line of folder.experimentLines(sourceId)) {
      if (line.kind === 'model') names.remember(line.model.info.model_id, line.model.info.artifact_uri);
      if (line.kind === 'run') names.remember(line.run.info.run_id, line.run.info.artifact_uri);
      if (isDone) continue;
      if (line.kind === 'experiment') {
        if (skipsDeleted && isDeleted(line.experiment.lifecycle_stage)) return;
        await this.ensureExperiment(line.experiment);
      }
      if (line.kind === 'run' && !(skipsDeleted && isDeleted(line.run.info.lifecycle_stage)))
        await this.ensureRun(line.run);
    }
  }

  private async ensureExperiment(source: ExperimentRecord): Promise<void> {
    const { reader, writer, journal } = this.context;
    const mapped = journal.find('experiment', source.experiment_id)?.to;
    const existing = mapped === undefined ? await this.find(source) : await reader.experiment(mapped);
    if (mapped !== undefined && existing === undefined)
      throw new CommandError(
        `Experiment ${mapped} ("${source.name}") of an earlier import is gone from ${reader.url}. To import everything again, remove ${journal.file}.`,
      );
    this.found = new Map();
    if (existing === undefined) {
      const mark = { key: SOURCE_EXPERIMENT, value: source.experiment_id };
      this.experimentId = await writer.createExperiment(source.name, [
        ...withoutMigrationTags(source.tags),
        mark,
      ]);
    } else {
      this.experimentId = existing.experiment_id;
      await this.reuse(existing, source);
    }
    if (mapped === undefined)
      await journal.record({ kind: 'experiment', from: source.experiment_id, to: this.experimentId });
  }

  private async find(source: ExperimentRecord): Promise<ExperimentRecord | undefined> {
    const named = await this.context.reader.experimentNamed(source.name);
    return named ?? (await takeRenamed(this.context, source));
  }

  private async reuse(existing: ExperimentRecord, source: ExperimentRecord): Promise<void> {
    const { reader, writer } = this.context;
    const isOurs = tagOf(existing.tags, SOURCE_EXPERIMENT) === source.experiment_id;
    if (isDeleted(existing.lifecycle_stage)) {
      if (!isOurs)
        throw new CommandError(
          `"${source.name}" is a deleted experiment at ${reader.url}: expected none of this name, or an active one. Restore it, or remove it for good with "mlflow gc".`,
        );
      await writer.restoreExperiment(existing.experiment_id);
    }
    const tags = withoutMigrationTags(source.tags);
    const missing = tags.filter(({ key }) => tagOf(existing.tags, key) === undefined);
    await writer.tagExperiment(existing, missing);
    const filter = `tags.\`${SOURCE_RUN}\` LIKE '%'`;
    for await (const run of reader.runs(existing.experiment_id, filter))
      this.found.set(tagOf(run.data.tags, SOURCE_RUN) ?? '', run);
  }

  private async ensureRun({ info }: RunRecord): Promise<void> {
    const { writer, journal, progress } = this.context;
    if (journal.has('run', info.run_id)) return;
    progress.report(() => `creating run for ${info.run_id}`);
    const mark = { key: SOURCE_RUN, value: info.run_id };
    const run = this.found.get(info.run_id) ?? (await writer.createRun(this.experimentId, info, [mark]));
    const { run_id: to, artifact_uri: uri } = run.info;
    await journal.record({ kind: 'run', from: info.run_id, to, uri });
  }
}
