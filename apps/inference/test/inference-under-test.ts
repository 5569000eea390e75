import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { runPython, type TestMlflow, trackingEnvironment, workspaceRoot } from '@tidegate/testing';

/**
 * The built app as a process of its own, with its own cache folder, its log lines kept. (Inside Jest onnxruntime cannot
 * run: its native part makes typed arrays that Jest's sandbox takes for foreign ones.)
 */
export interface InferenceUnderTest {
  readonly url: string;
  readonly cacheDir: string;
  readonly logLines: readonly LogLine[];
  /** Sends SIGTERM and waits for the end; the exit code. */
  readonly stop: () => Promise<number | null>;
  /** Ends it at once, as a crash would. */
  readonly kill: () => Promise<void>;
  /** Stops it and removes its files. */
  readonly remove: () => Promise<void>;
}

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

export interface Prediction {
  readonly label: number;
  readonly probabilities: readonly number[];
}

/** Needs `nx build inference`, which `nx e2e inference` does first. */
export async function startInferenceUnderTest(
  mlflow: TestMlflow,
  settings: Readonly<Record<string, string>>,
): Promise<InferenceUnderTest> {
  const cacheDir = await mkdtemp(path.join(tmpdir(), 'tidegate-test-inference-'));
  const bundle = path.join(workspaceRoot, 'dist/apps/inference/main.js');
  const app = spawn(process.execPath, ['--enable-source-maps', '--no-deprecation', bundle], {
    cwd: workspaceRoot,
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      MLFLOW_TRACKING_URI: mlflow.url,
      MLFLOW_TRACKING_USERNAME: mlflow.username,
      MLFLOW_TRACKING_PASSWORD: mlflow.password,
      MODEL_CACHE_DIR: cacheDir,
      MODEL_POLL_INTERVAL_MS: '300',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(app, 'exit').then(() => app.exitCode);
  const logLines: LogLine[] = [];
  createInterface({ input: app.stdout }).on('line', (line) => logLines.push(JSON.parse(line) as LogLine));
  const stop = (): Promise<number | null> => {
    app.kill('SIGTERM');
    return ended;
  };
  const listening = await until(
    () => Promise.resolve(logLines.find(({ msg }) => msg === 'inference listens')),
    (line) => line !== undefined || app.exitCode !== null,
  );
  if (listening === undefined) {
    throw new Error(`the app ended with ${app.exitCode} before it listened: see what it wrote above`);
  }
  return {
    url: String(listening.url),
    cacheDir,
    logLines,
    stop,
    kill: async () => {
      app.kill('SIGKILL');
      await ended;
    },
    remove: async () => {
      await stop();
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
}

export async function get(app: InferenceUnderTest, route: string): Promise<Answer> {
  return answerOf(await fetch(`${app.url}${route}`));
}

/** `body` is sent as JSON, text as it is. */
export async function predict(
  app: InferenceUnderTest,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return answerOf(
    await fetch(`${app.url}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
}

async function answerOf(response: Response): Promise<Answer> {
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, headers: response.headers };
}

/** Asks until `isTrue`; rejects with the last answer when it does not come true. */
export async function until<T>(
  ask: () => Promise<T>,
  isTrue: (answer: T) => boolean,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isTrue(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`never came true; last: ${JSON.stringify(answer)}`);
    await wait(50);
  }
}

export function untilReady(app: InferenceUnderTest): Promise<Answer> {
  return until(
    () => get(app, '/ready'),
    ({ status }) => status === 200,
  );
}

/** The registry of a test run may be shared and used again. */
export function uniqueModelName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

/** Runs a command of `registry_scenarios.py`. */
export async function registryScenario<T>(mlflow: TestMlflow, ...args: readonly string[]): Promise<T> {
  const script = path.join(__dirname, 'registry_scenarios.py');
  return JSON.parse(await runPython(script, args, trackingEnvironment(mlflow))) as T;
}

/** What Python's onnxruntime answers for the same instances. */
export interface ExpectedAnswers {
  readonly instances: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly probabilities: readonly (readonly number[])[];
}

export async function moveAlias(
  mlflow: TestMlflow,
  name: string,
  alias: string,
  version: string,
): Promise<void> {
  const credentials = Buffer.from(`${mlflow.username}:${mlflow.password}`).toString('base64');
  const answer = await fetch(`${mlflow.url}/api/2.0/mlflow/registered-models/alias`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${credentials}` },
    body: JSON.stringify({ name, alias, version }),
  });
  if (!answer.ok) throw new Error(`MLflow did not move the alias: ${answer.status} ${await answer.text()}`);
}
