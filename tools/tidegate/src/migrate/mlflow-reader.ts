import type { ArtifactSource, MlflowClient, MlflowRequest } from '@tidegate/mlflow-client';
import { MlflowError } from '@tidegate/mlflow-client';
import { z } from 'zod';
import {
  experimentSchema,
  loggedModelSchema,
  metricSchema,
  modelVersionSchema,
  registeredModelSchema,
  runSchema,
  type ExperimentRecord,
  isPrompt,
  type LoggedModelRecord,
  type MetricRecord,
  type ModelVersionRecord,
  type RegisteredModelRecord,
  type RunRecord,
} from './mlflow-records';
import { ownedArtifacts, type ArtifactOwner } from './owned-artifacts';
import { patiently } from './patience';

const API = '/api/2.0/mlflow';
const PAGE_SIZE = 100;
const METRIC_PAGE_SIZE = 10_000;
/** Prompts are registered models that a search leaves out unless it asks for them. */
const PROMPTS = "tags.`mlflow.prompt.is_prompt` = 'true'";

const token = { next_page_token: z.string().optional() };
const experimentPage = z.object({ experiments: z.array(experimentSchema).default([]), ...token });
const runPage = z.object({ runs: z.array(runSchema).default([]), ...token });
const metricPage = z.object({ metrics: z.array(metricSchema).default([]), ...token });
const loggedModelPage = z.object({ models: z.array(loggedModelSchema).default([]), ...token });
const registeredModelPage = z.object({
  registered_models: z.array(registeredModelSchema).default([]),
  ...token,
});
const versionPage = z.object({ model_versions: z.array(modelVersionSchema).default([]), ...token });

/** Everything of an MLflow server that a migration takes, page by page, deleted experiments and runs too. */
export class MlflowReader {
  private major: Promise<number> | undefined;

  constructor(
    readonly client: MlflowClient,
    /** Its address, for messages. */
    readonly url: string,
  ) {}

  version(): Promise<string> {
    return patiently(() => this.client.version(), { canRepeat: true });
  }

  async *experiments(filter?: string): AsyncGenerator<ExperimentRecord> {
    const body = { max_results: PAGE_SIZE, view_type: 'ALL', order_by: ['experiment_id'], filter };
    for await (const page of this.pages(search('experiments/search', body), experimentPage))
      yield* page.experiments;
  }

  /** Undefined when there is none of this name, deleted or not. */
  async experimentNamed(name: string): Promise<ExperimentRecord | undefined> {
    const call = get('experiments/get-by-name', { experiment_name: name });
    return (await this.orMissing(call, z.object({ experiment: experimentSchema })))?.experiment;
  }

  async experiment(id: string): Promise<ExperimentRecord | undefined> {
    const call = get('experiments/get', { experiment_id: id });
    return (await this.orMissing(call, z.object({ experiment: experimentSchema })))?.experiment;
  }

  /** The oldest first; a search leaves out which logged models a run has as inputs. */
  async *runs(experimentId: string, filter?: string): AsyncGenerator<RunRecord> {
    const body = {
      experiment_ids: [experimentId],
      run_view_type: 'ALL',
      max_results: PAGE_SIZE,
      order_by: ['attributes.start_time ASC'],
      filter,
    };
    for await (const page of this.pages(search('runs/search', body), runPage)) yield* page.runs;
  }

  /** Everything of it but the histories of its metrics. */
  async run(runId: string): Promise<RunRecord> {
    return (await this.ask(get('runs/get', { run_id: runId }), z.object({ run: runSchema }))).run;
  }

  async *metricHistory(runId: string, key: string): AsyncGenerator<readonly MetricRecord[]> {
    const query = { run_id: runId, metric_key: key, max_results: String(METRIC_PAGE_SIZE) };
    for await (const page of this.pages(get('metrics/get-history', query), metricPage)) yield page.metrics;
  }

  /** None before MLflow 3. */
  async *loggedModels(experimentId: string): AsyncGenerator<LoggedModelRecord> {
    this.major ??= this.version().then((version) => Number.parseInt(version, 10));
    if ((await this.major) < 3) return;
    const body = { experiment_ids: [experimentId], max_results: 50 };
    for await (const page of this.pages(search('logged-models/search', body), loggedModelPage))
      yield* page.models;
  }

  async loggedModel(modelId: string): Promise<LoggedModelRecord> {
    const call = get(`logged-models/${encodeURIComponent(modelId)}`, {});
    return (await this.ask(call, z.object({ model: loggedModelSchema }))).model;
  }

  /** With prompts, which MLflow keeps as registered models. */
  async *registeredModels(): AsyncGenerator<RegisteredModelRecord> {
    const seen = new Set<string>();
    for (const filter of [undefined, PROMPTS]) {
      const query = { max_results: String(PAGE_SIZE), ...(filter !== undefined && { filter }) };
      for await (const page of this.pages(get('registered-models/search', query), registeredModelPage))
        for (const model of page.registered_models) {
          if (seen.has(model.name)) continue;
          seen.add(model.name);
          yield model;
        }
    }
  }

  async registeredModel(name: string): Promise<RegisteredModelRecord | undefined> {
    const call = get('registered-models/get', { name });
    return (await this.orMissing(call, z.object({ registered_model: registeredModelSchema })))
      ?.registered_model;
  }

  /** By number, the lowest first. */
  async versions({ name, tags }: RegisteredModelRecord): Promise<ModelVersionRecord[]> {
    const quote = name.includes("'") ? '"' : "'";
    const filter = `name=${quote}${name}${quote}${isPrompt(tags) ? ` AND ${PROMPTS}` : ''}`;
    const query = { filter, max_results: '200' };
    const versions: ModelVersionRecord[] = [];
    for await (const page of this.pages(get('model-versions/search', query), versionPage))
      versions.push(...page.model_versions);
    return versions.sort((one, other) => Number(one.version) - Number(other.version));
  }

  downloadUri(name: string, version: string): Promise<string> {
    return patiently(() => this.client.getDownloadUri(name, version), { canRepeat: true });
  }

  artifacts(owner: ArtifactOwner): Promise<ArtifactSource> {
    return ownedArtifacts(this.client, owner);
  }

  ask<Schema extends z.ZodType>(call: MlflowRequest, answer: Schema): Promise<z.output<Schema>> {
    return patiently(() => this.client.call(call, answer), { canRepeat: true });
  }

  private async *pages<Page extends { readonly next_page_token?: string | undefined }>(
    call: MlflowRequest,
    answer: z.ZodType<Page>,
  ): AsyncGenerator<Page> {
    let next: string | undefined;
    do {
      const page: Page = await this.ask(withToken(call, next), answer);
      yield page;
      next = page.next_page_token;
    } while (next !== undefined && next !== '');
  }

  private async orMissing<Schema extends z.ZodType>(
    call: MlflowRequest,
    answer: Schema,
  ): Promise<z.output<Schema> | undefined> {
    try {
      return await this.ask(call, answer);
    } catch (failure) {
      if (failure instanceof MlflowError && failure.errorCode === 'RESOURCE_DOES_NOT_EXIST') return undefined;
      throw failure;
    }
  }
}

function search(path: string, body: object): MlflowRequest {
  return { method: 'POST', path: `${API}/${path}`, body };
}

function get(path: string, query: Readonly<Record<string, string>>): MlflowRequest {
  return { method: 'GET', path: `${API}/${path}`, query };
}

function withToken(call: MlflowRequest, token: string | undefined): MlflowRequest {
  if (token === undefined) return call;
  if (call.method === 'GET') return { ...call, query: { ...call.query, page_token: token } };
  return { ...call, body: { ...(call.body as object), page_token: token } };
}
