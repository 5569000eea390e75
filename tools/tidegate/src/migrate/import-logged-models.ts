import type { ImportContext } from './import-context';
import { SOURCE_MODEL } from './migration-tags';
import { MAX_METRICS } from './log-batches';
import { withoutModelVersions } from './model-versions-tag';
import { tagOf, type LoggedModelRecord, type MetricRecord } from './mlflow-records';
import type { MetricToLog } from './mlflow-writer';
import { rewriteTags } from './rewrite-references';

/** The models of MLflow 3 that runs have logged, with their files. */
export class LoggedModelImport {
  constructor(private readonly context: ImportContext) {}

  async import(sourceId: string): Promise<void> {
    const { folder, journal } = this.context;
    const experimentId = journal.find('experiment', sourceId)?.to;
    if (experimentId === undefined || journal.has('experiment-done', sourceId)) return;
    let found: ReadonlyMap<string, LoggedModelRecord> | undefined;
    for await (const line of folder.experimentLines(sourceId)) {
      if (line.kind !== 'model' || journal.has('model-done', line.model.info.model_id)) continue;
      found ??= await this.earlier(experimentId);
      await this.importModel(experimentId, line.model, found);
    }
  }

  /** Those of an earlier import whose journal is lost, by the old id. */
  private async earlier(experimentId: string): Promise<ReadonlyMap<string, LoggedModelRecord>> {
    const found = new Map<string, LoggedModelRecord>();
    for await (const model of this.context.reader.loggedModels(experimentId)) {
      const from = tagOf(model.info.tags, SOURCE_MODEL);
      if (from !== undefined) found.set(from, model);
    }
    return found;
  }

  private async importModel(
    experimentId: string,
    source: LoggedModelRecord,
    found: ReadonlyMap<string, LoggedModelRecord>,
  ): Promise<void> {
    const { writer, journal, names, artifacts } = this.context;
    const { model_id: from, source_run_id, tags, status } = source.info;
    if (!journal.has('model', from)) {
      const runId = names.run(source_run_id)?.to;
      const copied = rewriteTags(withoutModelVersions(tags), names);
      const marked = [...copied, { key: SOURCE_MODEL, value: from }];
      const { info } =
        found.get(from) ?? (await writer.createLoggedModel(experimentId, source, runId, marked));
      await journal.record({ kind: 'model', from, to: info.model_id, uri: info.artifact_uri });
    }
    const moved = names.model(from);
    if (moved === undefined) return;
    await artifacts.import('models', from, moved.toUri);
    if (status !== 'LOGGED_MODEL_PENDING') await writer.finishLoggedModel(moved.to, status);
    await journal.record({ kind: 'model-done', from });
  }

  /**
   * To be called when the runs are filled, as MLflow notes a model's metric for its run, too. Once for each model: when
   * this was interrupted later, the run may be deleted already.
   */
  async importMetrics(sourceId: string): Promise<void> {
    const { folder, journal, names } = this.context;
    if (!journal.has('experiment', sourceId) || journal.has('experiment-done', sourceId)) return;
    for await (const line of folder.experimentLines(sourceId)) {
      if (line.kind !== 'model') continue;
      const from = line.model.info.model_id;
      const modelId = names.model(from)?.to;
      if (modelId === undefined || journal.has('model-metrics-done', from)) continue;
      await this.importModelMetrics(line.model, modelId);
      await journal.record({ kind: 'model-metrics-done', from });
    }
  }

  private async importModelMetrics({ info, data }: LoggedModelRecord, modelId: string): Promise<void> {
    const { writer, names, differs } = this.context;
    const byRun = new Map<string, MetricToLog[]>();
    for (const { run_id, dataset_name, dataset_digest, ...metric } of data.metrics) {
      const runId = names.run(run_id ?? info.source_run_id)?.to;
      if (runId === undefined) {
        differs(
          `Metric "${metric.key}" of logged model ${info.model_id} is left out: its run was not imported.`,
        );
        continue;
      }
      const dataset = {
        ...(dataset_name !== undefined && { dataset_name }),
        ...(dataset_digest !== undefined && { dataset_digest }),
      };
      const metrics = byRun.get(runId) ?? [];
      const value = await this.valueInRun(runId, metric);
      metrics.push({ ...metric, ...dataset, value, model_id: modelId });
      byRun.set(runId, metrics);
    }
    for (const [runId, metrics] of byRun)
      for (let start = 0; start < metrics.length; start += MAX_METRICS)
        await writer.logMetrics(runId, metrics.slice(start, start + MAX_METRICS));
  }

  /** For models, MLflow keeps NaN as 0: sent as 0, it would become a second point of the run. */
  private async valueInRun(runId: string, { key, value, timestamp, step }: MetricRecord) {
    if (value !== 0) return value;
    const values = new Set<MetricRecord['value']>();
    for await (const page of this.context.reader.metricHistory(runId, key))
      for (const point of page)
        if (point.timestamp === timestamp && point.step === step) values.add(point.value);
    return values.has('NaN') && !values.has(0) ? 'NaN' : value;
  }
}
