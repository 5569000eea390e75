import path from 'node:path';
import { findFreePort } from '@tidegate/local-parts';
import { buildApp } from '../build-app';
import type { Workbench } from '../workbench';
import { contestantOf, type Contestant } from './contestant';
import { INSTANCES } from './dialects';
import { LABELS } from './labels';
import type { Models } from './models';
import type { BenchOptions } from './options';

export interface AppSettings {
  /** In file names; different for each start. */
  readonly name: string;
  /** As in MODELS. */
  readonly models: string;
  /** @default none */
  readonly environment?: Readonly<Record<string, string>>;
}

const ANSWER_MS = 5_000;
/** Not asked again and again while others are measured. */
const POLL_MS = '60000';

/** Builds apps/inference and starts it with one model or another. */
export class InferenceStarter {
  private constructor(
    private readonly bench: Workbench,
    private readonly models: Models,
    private readonly bundle: string,
    private readonly profileFolder: string | undefined,
  ) {}

  static async prepare(
    bench: Workbench,
    models: Models,
    { appFile, profileFolder }: Pick<BenchOptions, 'appFile' | 'profileFolder'>,
  ): Promise<InferenceStarter> {
    if (appFile === undefined) bench.say('building apps/inference');
    const bundle = appFile ?? (await buildApp('inference'));
    return new InferenceStarter(bench, models, bundle, profileFolder);
  }

  /** Returns when its model is loaded. */
  async start({ name, models, environment }: AppSettings): Promise<Contestant> {
    const port = await findFreePort();
    const profile =
      this.profileFolder === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', this.profileFolder];
    const server = await this.bench.start({
      name,
      command: [process.execPath, ...profile, this.bundle],
      port,
      environment: {
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: String(port),
        MODELS: models,
        MODEL_CACHE_DIR: path.join(this.bench.folder, `cache-${name}`),
        MODEL_POLL_INTERVAL_MS: POLL_MS,
        ...this.models.environment,
        ...environment,
      },
      isReady: () => isOk(`http://127.0.0.1:${port}/ready`),
    });
    return contestantOf(LABELS.inference, { server, port, dialect: INSTANCES });
  }
}

/** What `/models` says about the first model. */
export interface ServedModel {
  readonly version?: string;
  /** `inline` or `worker`. */
  readonly execution?: string;
}

export async function servedModel({ target }: Contestant): Promise<ServedModel> {
  const answer = await fetch(`${target.url}/models`, { signal: AbortSignal.timeout(ANSWER_MS) });
  const { models } = (await answer.json()) as { models: readonly ServedModel[] };
  return models[0] ?? {};
}

export async function isOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
