import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensurePythonEnv, findFreePort, hostEnvironment } from '@tidegate/local-parts';
import { workspaceRoot } from '@tidegate/testing';
import type { ServerSpec, Workbench } from '../workbench';
import { contestantOf, type Contestant } from './contestant';
import { INSTANCES, MLFLOW, OPEN_INFERENCE, type Dialect } from './dialects';
import { isOk } from './inference-app';
import { LABELS } from './labels';
import { ALIAS, DIGITS, type DigitsVersion, type Models } from './models';

const PEERS = path.join(__dirname, 'peers');
const READY_MS = 90_000;

type PeerName = 'mlflow' | 'mlserver' | 'fastapi' | 'bentoml' | 'litserve';

/** Other model servers, each in a Python environment of its own. */
export class PythonPeers {
  constructor(
    private readonly bench: Workbench,
    private readonly digits: DigitsVersion,
  ) {}

  /** `mlflow models serve`: one worker, uvloop and httptools; two workers suffer a bug of uvicorn. */
  async mlflow({ environment }: Models): Promise<Contestant> {
    const port = await findFreePort();
    const serve = ['-m', 'mlflow', 'models', 'serve', '--model-uri', `models:/${DIGITS}@${ALIAS}`];
    return this.start(LABELS.mlflow, 'mlflow', {
      args: [
        ...serve,
        '--env-manager',
        'local',
        '--host',
        '127.0.0.1',
        '--port',
        String(port),
        '--workers',
        '1',
      ],
      port,
      environment: { ...environment, MLFLOW_DISABLE_TELEMETRY: 'true' },
      dialect: MLFLOW,
      readyPath: '/ping',
    });
  }

  /** In one process, with our runtime for onnxruntime; `batchMs`: collects requests that long at most. */
  async mlserver(batchMs?: number): Promise<Contestant> {
    const port = await findFreePort();
    const folder = path.join(this.bench.folder, `mlserver-${port}`);
    mkdirSync(folder);
    const batching = batchMs !== undefined && { max_batch_size: 64, max_batch_time: batchMs / 1000 };
    const files = {
      'settings.json': {
        ...{ debug: false, host: '127.0.0.1', http_port: port, grpc_port: await findFreePort() },
        ...{ parallel_workers: 0, metrics_endpoint: null },
      },
      'model-settings.json': {
        name: DIGITS,
        implementation: 'mlserver_runtime.OnnxRuntime',
        parameters: { uri: this.digits.file },
        ...batching,
      },
    };
    for (const [name, content] of Object.entries(files))
      writeFileSync(path.join(folder, name), JSON.stringify(content));
    return this.start(batchMs === undefined ? LABELS.mlserver : LABELS.mlserverBatching, 'mlserver', {
      args: ['-c', 'from mlserver.cli import main; main()', 'start', folder],
      port,
      dialect: OPEN_INFERENCE,
      readyPath: `/v2/models/${DIGITS}/ready`,
    });
  }

  async fastapi(workers: 1 | 2): Promise<Contestant> {
    const port = await findFreePort();
    const app = [
      '-m',
      'uvicorn',
      'fastapi_server:app',
      '--no-access-log',
      '--loop',
      'uvloop',
      '--http',
      'httptools',
    ];
    return this.start(workers === 1 ? LABELS.fastapi : LABELS.fastapiTwo, 'fastapi', {
      args: [...app, '--host', '127.0.0.1', '--port', String(port), '--workers', String(workers)],
      port,
      dialect: INSTANCES,
      readyPath: '/docs',
    });
  }

  async bentoml(): Promise<Contestant> {
    const port = await findFreePort();
    const serve = ['-m', 'bentoml', 'serve', 'bentoml_service:Digits', '--working-dir', PEERS];
    return this.start(LABELS.bentoml, 'bentoml', {
      args: [...serve, '--host', '127.0.0.1', '--port', String(port)],
      port,
      environment: { BENTOML_DO_NOT_TRACK: 'True', BENTOML_HOME: path.join(this.bench.folder, 'bentoml') },
      dialect: INSTANCES,
      readyPath: '/readyz',
    });
  }

  async litserve(): Promise<Contestant> {
    const port = await findFreePort();
    return this.start(LABELS.litserve, 'litserve', {
      args: [path.join(PEERS, 'litserve_server.py'), String(port)],
      port,
      dialect: INSTANCES,
      readyPath: '/health',
    });
  }

  private async start(
    label: string,
    peer: PeerName,
    spec: Pick<ServerSpec, 'port' | 'environment'> & {
      readonly args: readonly string[];
      readonly dialect: Dialect;
      readonly readyPath: string;
    },
  ): Promise<Contestant> {
    const { port, args, environment, dialect, readyPath } = spec;
    const { python } = await ensurePythonEnv({
      venvDir: path.join(workspaceRoot, '.tidegate', 'bench-venvs', peer),
      requirementFiles: [path.join(PEERS, `${peer}.requirements.txt`)],
      onProgress: this.bench.say,
    });
    this.bench.say(`starting ${label}`);
    const server = await this.bench.start({
      name: peer,
      command: [python, ...args],
      port,
      environment: {
        // MLflow and BentoML call the programs that were installed beside them.
        PATH: [path.dirname(python), hostEnvironment().PATH ?? ''].join(path.delimiter),
        PYTHONPATH: PEERS,
        PYTHONDONTWRITEBYTECODE: '1',
        MODEL_PATH: this.digits.file,
        ...environment,
      },
      isReady: () => isOk(`http://127.0.0.1:${port}${readyPath}`),
      readyMs: READY_MS,
    });
    return contestantOf(label, { server, port, dialect });
  }
}
