import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  ensurePythonEnv,
  findFreePort,
  pythonEnvironment,
  startProcess,
  waitUntilReady,
} from '@tidegate/local-parts';
import { workspaceRoot } from './workspace';

const REGION = 'eu-west-2';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
const READY_TIMEOUT_MS = 60_000;
const PROBE_TIMEOUT_MS = 5_000;
const programDir = path.join(workspaceRoot, 'libs', 'testing', 'aws-simulator');

export interface AwsSimulatorOptions {
  /** @default a folder that is removed by `stop()` */
  logFile?: string;
}

/** An AWS account of the test's own: empty at first, gone when stopped. */
export interface AwsSimulator {
  readonly url: string;
  readonly region: string;
  /** The account everything belongs to. */
  readonly accountId: string;
  /** Settings for a client of the AWS SDK: `new S3Client(aws.sdk)`. */
  readonly sdk: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** The variables that point any other program (Terraform, boto3, the AWS CLI) at the simulator. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  stop(): Promise<void>;
}

/**
 * Starts moto, which answers the AWS API on 127.0.0.1 (2 s; the first time, it is installed into
 * `.tidegate/aws-simulator-venv`). Remember to `stop()` it; it ends with this process at the latest.
 *
 * @throws LocalPartError `PYTHON_MISSING`, `PYTHON_INSTALL_FAILED` or `START_FAILED`
 */
export async function startAwsSimulator(options: AwsSimulatorOptions = {}): Promise<AwsSimulator> {
  const python = await ensureAwsSimulatorPython();
  const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-aws-simulator-'));
  const port = await findFreePort();
  const server = await startProcess({
    name: 'The AWS simulator',
    command: python,
    args: [path.join(programDir, 'server.py'), '-H', '127.0.0.1', '-p', String(port)],
    env: {
      ...pythonEnvironment(['AWS_', 'MOTO_']),
      MOTO_IAM_LOAD_MANAGED_POLICIES: 'true',
      PYTHONUNBUFFERED: '1',
    },
    cwd: folder,
    logFile: options.logFile ?? path.join(folder, 'simulator.log'),
  });
  // An address, not a name: SDKs put bucket names in front of names.
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(server, () => isAnswering(url), READY_TIMEOUT_MS);
  return {
    ...simulatedAccount(url),
    logFile: server.logFile,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The Python that has moto, and with it botocore's models of the AWS API. */
export async function ensureAwsSimulatorPython(): Promise<string> {
  const { python } = await ensurePythonEnv({
    venvDir: path.join(workspaceRoot, '.tidegate', 'aws-simulator-venv'),
    requirementFiles: [path.join(programDir, 'requirements.txt')],
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  return python;
}

function simulatedAccount(url: string): Omit<AwsSimulator, 'logFile' | 'stop'> {
  return {
    url,
    region: REGION,
    accountId: '123456789012',
    sdk: { endpoint: url, region: REGION, credentials: CREDENTIALS },
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  };
}

async function isAnswering(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/moto-api/data.json`, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
