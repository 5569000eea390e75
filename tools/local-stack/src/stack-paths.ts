import path from 'node:path';
import type { AppName } from './service-names';

/** Where the local stack keeps what; everything but the apps' bundles lies in the data folder. */
export interface StackPaths {
  readonly workspaceRoot: string;
  readonly dataDir: string;
  readonly lockFile: string;
  readonly secretsFile: string;
  readonly stackFile: string;
  readonly postgresDir: string;
  readonly redisDir: string;
  readonly mlflowDir: string;
  readonly artifactsDir: string;
  readonly modelsDir: string;
  readonly spoolDir: string;
  readonly logsDir: string;
  logFile(name: string): string;
  envFile(app: AppName): string;
  /** The bundle that `nx build` makes. */
  appMain(app: AppName): string;
}

export function stackPaths(workspaceRoot: string, dataDir: string): StackPaths {
  const logsDir = path.join(dataDir, 'logs');
  return {
    workspaceRoot,
    dataDir,
    lockFile: path.join(dataDir, 'stack.lock'),
    secretsFile: path.join(dataDir, 'secrets.json'),
    stackFile: path.join(dataDir, 'stack.json'),
    postgresDir: path.join(dataDir, 'postgres'),
    redisDir: path.join(dataDir, 'redis'),
    mlflowDir: path.join(dataDir, 'mlflow'),
    artifactsDir: path.join(dataDir, 'artifacts'),
    modelsDir: path.join(dataDir, 'models'),
    spoolDir: path.join(dataDir, 'spool'),
    logsDir,
    logFile: (name) => path.join(logsDir, `${name}.log`),
    envFile: (app) => path.join(dataDir, 'env', `${app}.env`),
    appMain: (app) => path.join(workspaceRoot, 'dist', 'apps', app, 'main.js'),
  };
}
