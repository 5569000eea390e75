import path from 'node:path';
import {
  runPython,
  startOwnMlflow,
  startOwnPostgres,
  trackingEnvironment,
  trainSampleModel,
  type OwnMlflow,
} from '@tidegate/testing';
import type { Workbench } from '../workbench';

/** Rows and what onnxruntime in Python answers for them. */
export interface Reference {
  readonly rows: readonly (readonly number[])[];
  readonly predictions: readonly unknown[];
}

/** One version of the digits model. */
export interface DigitsVersion extends Reference {
  readonly version: string;
  /** Its ONNX file, for servers that do not know MLflow. */
  readonly file: string;
}

export interface SlowModel extends Reference {
  /** Of one row, in one thread, on this machine when nothing else runs. */
  readonly runMs: number;
}

export const DIGITS = 'digits';
export const SLOW = 'slow';
export const ALIAS = 'production';
const SCRIPT = path.join(__dirname, 'bench_models.py');
const MOVE_MS = 10_000;

/** A real MLflow with its own PostgreSQL, and the models in it. */
export class Models {
  private constructor(
    private readonly bench: Workbench,
    private readonly mlflow: OwnMlflow,
  ) {}

  static async start(bench: Workbench): Promise<Models> {
    const postgres = await startOwnPostgres();
    bench.atEnd(() => postgres.remove());
    const mlflow = await startOwnMlflow(postgres);
    bench.atEnd(() => mlflow.remove());
    return new Models(bench, mlflow);
  }

  /** For MLflow's own clients, and for the inference app. */
  get environment(): Readonly<Record<string, string>> {
    return trackingEnvironment(this.mlflow);
  }

  /** Trains a version of the digits model; the alias stays where it is, except with the first. */
  async trainDigits(variant: 'default' | 'strong', alias: string): Promise<DigitsVersion> {
    const { version } = await trainSampleModel(this.mlflow, { modelName: DIGITS, alias, variant });
    const file = path.join(this.bench.folder, `digits-${version}.onnx`);
    const reference = await this.python<Reference>('export', DIGITS, version, file);
    return { ...reference, version, file };
  }

  registerSlow(runMs: number): Promise<SlowModel> {
    return this.python('slow', SLOW, ALIAS, String(runMs));
  }

  /** Tells the registry to serve another version of the digits model. */
  async moveAlias(version: string): Promise<void> {
    const { url, username, password } = this.mlflow;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const answer = await fetch(`${url}/api/2.0/mlflow/registered-models/alias`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ name: DIGITS, alias: ALIAS, version }),
      signal: AbortSignal.timeout(MOVE_MS),
    });
    if (!answer.ok)
      throw new Error(`MLflow did not move the alias, it answered ${answer.status}: ${await answer.text()}`);
  }

  private async python<Result>(...args: readonly string[]): Promise<Result> {
    return JSON.parse(await runPython(SCRIPT, args, this.environment)) as Result;
  }
}
