import { createReadStream } from 'node:fs';
import type { MlflowRequest } from '@tidegate/mlflow-client';
import { z } from 'zod';
import { pairBatches } from './log-batches';
import {
  loggedModelSchema,
  modelVersionSchema,
  registeredModelSchema,
  runSchema,
  type ExperimentRecord,
  type KeyValue,
  type LoggedModelRecord,
  type ModelVersionRecord,
  type RegisteredModelRecord,
  type RunRecord,
} from './mlflow-records';
import type { MlflowReader } from './mlflow-reader';
import { patiently } from './patience';

const API = '/api/2.0/mlflow';

/** One metric as `log-batch` takes it; with `model_id` it is noted for that logged model, too. */
export interface MetricToLog {
  readonly key: string;
  readonly value: number | string;
  readonly timestamp: number;
  readonly step: number;
  readonly model_id?: string;
  readonly dataset_name?: string;
  readonly dataset_digest?: string;
}

/** The calls of an import that change something. What makes a new thing is not repeated when no answer came. */
export class MlflowWriter {
  constructor(private readonly reader: MlflowReader) {}

  async createExperiment(name: string, tags: readonly KeyValue[]): Promise<string> {
    const answer = z.object({ experiment_id: z.union([z.int(), z.string()]).transform(String) });
    return (await this.create('experiments/create', { name, tags }, answer)).experiment_id;
  }

  async tagExperiment({ experiment_id }: ExperimentRecord, tags: readonly KeyValue[]): Promise<void> {
    for (const tag of tags) await this.post('experiments/set-experiment-tag', { experiment_id, ...tag });
  }

  renameExperiment(experimentId: string, name: string): Promise<void> {
    return this.post('experiments/update', { experiment_id: experimentId, new_name: name });
  }

  deleteExperiment(experimentId: string): Promise<void> {
    return this.post('experiments/delete', { experiment_id: experimentId });
  }

  restoreExperiment(experimentId: string): Promise<void> {
    return this.post('experiments/restore', { experiment_id: experimentId });
  }

  async createRun(
    experimentId: string,
    run: RunRecord['info'],
    tags: readonly KeyValue[],
  ): Promise<RunRecord> {
    const body = {
      experiment_id: experimentId,
      user_id: run.user_id,
      run_name: run.run_name,
      start_time: run.start_time,
      tags,
    };
    return (await this.create('runs/create', body, z.object({ run: runSchema }))).run;
  }

  /** Times, status and name as they were. */
  updateRun(runId: string, { status, end_time, run_name }: RunRecord['info']): Promise<void> {
    return this.post('runs/update', { run_id: runId, status, end_time, run_name });
  }

  deleteRun(runId: string): Promise<void> {
    return this.post('runs/delete', { run_id: runId });
  }

  restoreRun(runId: string): Promise<void> {
    return this.post('runs/restore', { run_id: runId });
  }

  async logPairs(runId: string, kind: 'params' | 'tags', pairs: readonly KeyValue[]): Promise<void> {
    for (const batch of pairBatches(pairs))
      await this.post('runs/log-batch', { run_id: runId, [kind]: batch });
  }

  /** Points that are there already stay as they are. */
  async logMetrics(runId: string, metrics: readonly MetricToLog[]): Promise<void> {
    if (metrics.length > 0) await this.post('runs/log-batch', { run_id: runId, metrics });
  }

  async logInputs(runId: string, { dataset_inputs, model_inputs }: RunRecord['inputs']): Promise<void> {
    if (dataset_inputs.length + model_inputs.length === 0) return;
    await this.post('runs/log-inputs', { run_id: runId, datasets: dataset_inputs, models: model_inputs });
  }

  async logOutputs(runId: string, { model_outputs }: RunRecord['outputs']): Promise<void> {
    if (model_outputs.length > 0) await this.post('runs/outputs', { run_id: runId, models: model_outputs });
  }

  async createLoggedModel(
    experimentId: string,
    { info, data }: LoggedModelRecord,
    sourceRunId: string | undefined,
    tags: readonly KeyValue[],
  ): Promise<LoggedModelRecord> {
    const body = {
      experiment_id: experimentId,
      name: info.name,
      model_type: info.model_type,
      source_run_id: sourceRunId,
      params: data.params,
      tags,
    };
    return (await this.create('logged-models', body, z.object({ model: loggedModelSchema }))).model;
  }

  finishLoggedModel(modelId: string, status: string): Promise<void> {
    const path = `logged-models/${encodeURIComponent(modelId)}`;
    return this.change('PATCH', path, { model_id: modelId, status });
  }

  async createRegisteredModel({ name, description, tags }: RegisteredModelRecord): Promise<void> {
    const answer = z.object({ registered_model: registeredModelSchema });
    await this.create('registered-models/create', { name, description, tags }, answer);
  }

  async tagRegisteredModel(name: string, tags: readonly KeyValue[]): Promise<void> {
    for (const tag of tags) await this.post('registered-models/set-tag', { name, ...tag });
  }

  async createVersion(version: {
    readonly name: string;
    readonly source: string;
    readonly run_id?: string;
    readonly model_id?: string;
    readonly run_link?: string;
    readonly description?: string;
    readonly tags: readonly KeyValue[];
  }): Promise<ModelVersionRecord> {
    const answer = z.object({ model_version: modelVersionSchema });
    return (await this.create('model-versions/create', version, answer)).model_version;
  }

  deleteVersion(name: string, version: string): Promise<void> {
    return this.change('DELETE', 'model-versions/delete', { name, version });
  }

  async tagVersion(name: string, version: string, tags: readonly KeyValue[]): Promise<void> {
    for (const tag of tags) await this.post('model-versions/set-tag', { name, version, ...tag });
  }

  describeVersion(name: string, version: string, description: string): Promise<void> {
    return this.change('PATCH', 'model-versions/update', { name, version, description });
  }

  setStage(name: string, version: string, stage: string): Promise<void> {
    const body = { name, version, stage, archive_existing_versions: false };
    return this.post('model-versions/transition-stage', body);
  }

  setAlias(name: string, alias: string, version: string): Promise<void> {
    return this.post('registered-models/alias', { name, alias, version });
  }

  /** Streams a file of this machine to a place below a run's or model's artifacts. */
  uploadFile(artifactUri: string, file: string, from: { readonly path: string; readonly sizeBytes: number }) {
    const { client } = this.reader;
    return patiently(
      () =>
        client.uploadArtifact(artifactUri, file, {
          bytes: createReadStream(from.path),
          sizeBytes: from.sizeBytes,
        }),
      { canRepeat: true },
    );
  }

  private post(path: string, body: object): Promise<void> {
    return this.change('POST', path, body);
  }

  private async change(method: MlflowRequest['method'], path: string, body: object): Promise<void> {
    await this.reader.ask({ method, path: `${API}/${path}`, body }, z.unknown());
  }

  private create<Schema extends z.ZodType>(
    path: string,
    body: object,
    answer: Schema,
  ): Promise<z.output<Schema>> {
    const call = { method: 'POST', path: `${API}/${path}`, body } as const;
    return patiently(() => this.reader.client.call(call, answer), { canRepeat: false });
  }
}
