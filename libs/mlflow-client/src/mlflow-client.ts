import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { ArtifactSource } from './artifact-source';
import { type DownloadedFolder, type DownloadLimits, downloadFolder } from './download-folder';
import { MlflowError } from './mlflow-error';
import { type MlflowClientOptions, MlflowHttp, type MlflowProbe, type MlflowRequest } from './mlflow-http';
import { ProxiedArtifacts } from './proxied-artifacts';
import {
  downloadLocation,
  type Experiment,
  manyExperiments,
  manyModelVersions,
  manyRegisteredModels,
  manyRuns,
  type ModelVersion,
  oneModelVersion,
  oneLoggedModel,
  oneRegisteredModel,
  oneRun,
  type RegisteredModel,
  type Run,
} from './registry-answers';
import { S3Store } from './s3-store';
import { below, parseServerUri, type ServerUri } from './server-uri';

const API = '/api/2.0/mlflow';
/** A version of a run's folder is two; copies of copies are more. */
const MAX_HOPS = 10;

export interface SearchOptions {
  /** Size of a page. @default 100 */
  readonly maxResults?: number;
  /** `nextPageToken` of the page before. */
  readonly pageToken?: string;
  readonly signal?: AbortSignal;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Missing on the last page. */
  readonly nextPageToken?: string;
}

/**
 * The calls to MLflow that Tidegate makes, directly or through its gateway. Every call rejects with an
 * {@link MlflowError} on an expected failure, and with the signal's reason when its signal is aborted.
 */
export class MlflowClient {
  private readonly http: MlflowHttp;
  private readonly s3: S3Store;

  /** @throws TypeError when `baseUrl` is no plain http(s) URL. */
  constructor(options: MlflowClientOptions) {
    this.http = new MlflowHttp(options);
    this.s3 = new S3Store(options);
  }

  /** Sends any request and reports status, time and failure as a value: for health checks. */
  probe(call: MlflowRequest): Promise<MlflowProbe> {
    return this.http.probe(call);
  }

  /** Any other call of the REST API, its answer checked. */
  call<Schema extends z.ZodType>(request: MlflowRequest, answer: Schema): Promise<z.output<Schema>> {
    return this.http.sendForJson(request, answer);
  }

  /** Bytes that a GET answers with, as they come. */
  stream(path: string, query: Readonly<Record<string, string>>): AsyncIterable<Uint8Array> {
    return this.http.stream({ method: 'GET', path, query });
  }

  /** `OK`. MLflow answers without touching its database: search one experiment to know that it can be used. */
  async health(signal?: AbortSignal): Promise<string> {
    return (await this.http.send({ method: 'GET', path: '/health', signal })).text.trim();
  }

  /** MLflow's version, such as `3.17.2`. */
  async version(signal?: AbortSignal): Promise<string> {
    const { text, status } = await this.http.send({ method: 'GET', path: '/version', signal });
    const version = text.trim();
    if (/^\d+\.\d+\S*$/.test(version)) return version;
    throw new MlflowError(
      'MLFLOW_BAD_RESPONSE',
      'GET /version answered something that is no version number.',
      {
        httpStatus: status,
      },
    );
  }

  async searchExperiments(options: SearchOptions = {}): Promise<Page<Experiment>> {
    const answer = await this.http.sendForJson(
      {
        method: 'POST',
        path: `${API}/experiments/search`,
        body: { max_results: options.maxResults ?? 100, page_token: options.pageToken },
        signal: options.signal,
      },
      manyExperiments,
    );
    return { items: answer.experiments, nextPageToken: answer.next_page_token };
  }

  /** Runs of the experiments given, newest first. */
  async searchRuns(
    options: SearchOptions & { readonly experimentIds: readonly string[] },
  ): Promise<Page<Run>> {
    const answer = await this.http.sendForJson(
      {
        method: 'POST',
        path: `${API}/runs/search`,
        body: {
          experiment_ids: options.experimentIds,
          max_results: options.maxResults ?? 100,
          page_token: options.pageToken,
        },
        signal: options.signal,
      },
      manyRuns,
    );
    return { items: answer.runs, nextPageToken: answer.next_page_token };
  }

  async searchRegisteredModels(options: SearchOptions = {}): Promise<Page<RegisteredModel>> {
    const answer = await this.http.sendForJson(
      {
        method: 'GET',
        path: `${API}/registered-models/search`,
        query: {
          max_results: String(options.maxResults ?? 100),
          ...(options.pageToken !== undefined && { page_token: options.pageToken }),
        },
        signal: options.signal,
      },
      manyRegisteredModels,
    );
    return { items: answer.registered_models, nextPageToken: answer.next_page_token };
  }

  /** Undefined when the model or the alias does not exist. */
  async getModelVersionByAlias(
    name: string,
    alias: string,
    signal?: AbortSignal,
  ): Promise<ModelVersion | undefined> {
    const path = `${API}/registered-models/alias`;
    const answer = await this.http
      .sendForJson({ method: 'GET', path, query: { name, alias }, signal }, oneModelVersion)
      .catch((failure: unknown) => {
        if (isMissing(failure) || isMissingAlias(failure, alias)) return undefined;
        throw failure;
      });
    return answer?.model_version;
  }

  /** Undefined when the model or the version does not exist. */
  async getModelVersion(
    name: string,
    version: string,
    signal?: AbortSignal,
  ): Promise<ModelVersion | undefined> {
    const path = `${API}/model-versions/get`;
    const answer = await this.http
      .sendForJson({ method: 'GET', path, query: { name, version }, signal }, oneModelVersion)
      .catch(undefinedWhenMissing);
    return answer?.model_version;
  }

  /** The version with the highest number, whatever its status; undefined when the model has none. */
  async getLatestVersion(name: string, signal?: AbortSignal): Promise<ModelVersion | undefined> {
    const answer = await this.http.sendForJson(
      {
        method: 'GET',
        path: `${API}/model-versions/search`,
        query: { filter: `name=${quoted(name)}`, order_by: 'version_number DESC', max_results: '1' },
        signal,
      },
      manyModelVersions,
    );
    return answer.model_versions[0];
  }

  /** The version with the highest number in a stage (`Production`, in any case); undefined when there is none. */
  async getLatestVersionInStage(
    name: string,
    stage: string,
    signal?: AbortSignal,
  ): Promise<ModelVersion | undefined> {
    const path = `${API}/registered-models/get`;
    const answer = await this.http
      .sendForJson({ method: 'GET', path, query: { name }, signal }, oneRegisteredModel)
      .catch(undefinedWhenMissing);
    return answer?.registered_model.latestVersions.find(
      (version) => version.stage.toLowerCase() === stage.toLowerCase(),
    );
  }

  /** Where the files of a version are, such as `mlflow-artifacts:/1/models/m-…/artifacts`. */
  async getDownloadUri(name: string, version: string, signal?: AbortSignal): Promise<string> {
    const path = `${API}/model-versions/get-download-uri`;
    const call = { method: 'GET', path, query: { name, version }, signal } as const;
    return (await this.http.sendForJson(call, downloadLocation)).artifact_uri;
  }

  /**
   * What can be read at an artifact URI, as any version of MLflow writes them: `mlflow-artifacts:` (its proxy), `s3:`,
   * and `runs:/…` or `models:/…`, which the server is asked about.
   *
   * @throws MlflowError `MLFLOW_ARTIFACT_SOURCE_UNSUPPORTED` when it is no such URI
   */
  async artifactsAt(artifactUri: string, signal?: AbortSignal): Promise<ArtifactSource> {
    const uri = await this.storeUri(artifactUri, signal);
    const source = ProxiedArtifacts.at(this.http, uri) ?? this.s3.at(uri);
    if (source !== undefined) return source;
    const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(uri)?.[0];
    const isLocal = scheme === undefined || scheme === 'file';
    throw new MlflowError(
      'MLFLOW_ARTIFACT_SOURCE_UNSUPPORTED',
      `Artifacts are at ${isLocal ? 'a path of the machine that logged them' : `a ${scheme}: URI`}; expected mlflow-artifacts: or s3:.`,
    );
  }

  /** Brings a whole artifact folder to disk, complete or not at all; see {@link downloadFolder}. */
  async downloadFolder(
    artifactUri: string,
    targetFolder: string,
    limits: DownloadLimits,
  ): Promise<DownloadedFolder> {
    return downloadFolder(await this.artifactsAt(artifactUri, limits.signal), targetFolder, limits);
  }

  /** Puts one file below an `mlflow-artifacts:` or `s3:` URI, in place of what was there. */
  async uploadArtifact(
    artifactUri: string,
    file: string,
    content: { readonly bytes: Readable; readonly sizeBytes: number },
  ): Promise<void> {
    const target = ProxiedArtifacts.at(this.http, artifactUri) ?? this.s3.at(artifactUri);
    if (target !== undefined) return target.write(file, content);
    content.bytes.destroy();
    throw new MlflowError(
      'MLFLOW_ARTIFACT_SOURCE_UNSUPPORTED',
      'Files cannot be put where the server keeps them: expected an mlflow-artifacts: or s3: URI.',
      {
        remedy:
          'Start it with --serve-artifacts --artifacts-destination, and use an experiment without a location of its own.',
      },
    );
  }

  /** Follows URIs that only the server understands to where the files are. */
  private async storeUri(artifactUri: string, signal: AbortSignal | undefined): Promise<string> {
    let uri = artifactUri;
    for (let hop = 0; hop < MAX_HOPS; hop += 1) {
      const next = await this.nextUri(parseServerUri(uri), signal);
      if (next === undefined) return uri;
      uri = next;
    }
    throw new MlflowError(
      'MLFLOW_BAD_RESPONSE',
      `${artifactUri} leads from one URI to the next, more than ${MAX_HOPS} times.`,
    );
  }

  private async nextUri(uri: ServerUri | undefined, signal?: AbortSignal): Promise<string | undefined> {
    switch (uri?.kind) {
      case undefined:
        return undefined;
      case 'run':
        return below(await this.runArtifactUri(uri.runId, signal), uri.path);
      case 'loggedModel':
        return below(await this.loggedModelArtifactUri(uri.modelId, signal), uri.path);
      case 'version':
        return below(await this.getDownloadUri(uri.name, uri.version, signal), uri.path);
    }
  }

  private async runArtifactUri(runId: string, signal?: AbortSignal): Promise<string> {
    const call = { method: 'GET', path: `${API}/runs/get`, query: { run_id: runId }, signal } as const;
    const { artifactUri } = (await this.http.sendForJson(call, oneRun)).run;
    if (artifactUri !== undefined && artifactUri !== '') return artifactUri;
    throw new MlflowError('MLFLOW_BAD_RESPONSE', `Run ${runId} has no artifact URI.`);
  }

  /** Logged models exist since MLflow 3. */
  private async loggedModelArtifactUri(modelId: string, signal?: AbortSignal): Promise<string> {
    const path = `${API}/logged-models/${encodeURIComponent(modelId)}`;
    return (await this.http.sendForJson({ method: 'GET', path, signal }, oneLoggedModel)).model.info
      .artifact_uri;
  }
}

/** 404 alone does not say it: a wrong base URL or a route the gateway keeps closed is a 404 as well. */
function isMissing(failure: unknown): boolean {
  return failure instanceof MlflowError && failure.errorCode === 'RESOURCE_DOES_NOT_EXIST';
}

/** A missing alias has the same status and code as a wrong parameter; only the message tells them apart. */
function isMissingAlias(failure: unknown, alias: string): boolean {
  return (
    failure instanceof MlflowError &&
    failure.errorCode === 'INVALID_PARAMETER_VALUE' &&
    failure.serverMessage === `Registered model alias ${alias} not found.`
  );
}

function undefinedWhenMissing(failure: unknown): undefined {
  if (!isMissing(failure)) throw failure;
}

/** MLflow's filter language knows both quotes but no way to escape them. */
function quoted(name: string): string {
  if (!name.includes("'")) return `'${name}'`;
  if (!name.includes('"')) return `"${name}"`;
  throw new MlflowError(
    'MLFLOW_BAD_REQUEST',
    'MLflow cannot search for a name that holds both kinds of quotes.',
    {
      remedy: 'Select the version by alias or number, or rename the model.',
    },
  );
}
