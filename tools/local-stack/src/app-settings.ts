import path from 'node:path';
import { SCOPES, type Scope } from '@tidegate/api-keys';
import type { Settings } from './env-file';
import type { Ports } from './options';
import type { StackSecrets } from './secrets';
import type { AppName } from './service-names';

export const MLFLOW_ADMIN = 'admin';
export const SAMPLE_MODEL = { name: 'digits', alias: 'production' } as const;

const INFERENCE_SCOPES: Scope[] = ['models:read', 'artifacts:read'];

/** All that a person who tries things out needs; keys are managed with a key of their own. */
const USER_SCOPES: Scope[] = SCOPES.filter((scope) => scope !== 'keys:admin');

export interface AppSettingsInput {
  readonly ports: Ports;
  readonly secrets: StackSecrets;
  readonly hasMlflowAuth: boolean;
  /** `postgresql://` URLs, each for its owner. */
  readonly databaseUrls: { readonly api: string; readonly logging: string };
  /** Undefined when no Redis runs. */
  readonly redisUrl: string | undefined;
  /** Where inference keeps its copies of models. */
  readonly modelsDir: string;
  /** Where events wait while what comes next is away; it survives a restart. */
  readonly spoolDir: string;
}

/** What each app reads from its environment. */
export function appSettings(input: AppSettingsInput): Record<AppName, Settings> {
  return { api: apiSettings(input), inference: inferenceSettings(input), logging: loggingSettings(input) };
}

export function localUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}

function apiSettings({ ports, secrets, hasMlflowAuth, databaseUrls, redisUrl }: AppSettingsInput): Settings {
  const credentials = { MLFLOW_USERNAME: MLFLOW_ADMIN, MLFLOW_PASSWORD: secrets.mlflowPassword };
  return {
    ...sharedSettings(ports.api, secrets),
    TIDEGATE_PROJECT: 'tidegate',
    TIDEGATE_ENVIRONMENT: 'local',
    MLFLOW_TRACKING_URI: localUrl(ports.mlflow),
    ...(hasMlflowAuth ? credentials : {}),
    DATABASE_URL: databaseUrls.api,
    API_KEY_PEPPER: secrets.apiKeyPepper,
    API_SERVICE_KEYS: JSON.stringify([
      { name: 'inference', key: secrets.inferenceKey, scopes: INFERENCE_SCOPES },
      { name: 'local-user', key: secrets.userKey, scopes: USER_SCOPES },
      // It can grant only what it holds, so it holds everything.
      { name: 'local-admin', key: secrets.adminKey, scopes: SCOPES, rate_class: 'unlimited' },
    ]),
    INFERENCE_URL: localUrl(ports.inference),
    LOGGING_URL: localUrl(ports.logging),
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
  };
}

function inferenceSettings({ ports, secrets, modelsDir, spoolDir }: AppSettingsInput): Settings {
  return {
    ...sharedSettings(ports.inference, secrets),
    MODELS: `${SAMPLE_MODEL.name}@${SAMPLE_MODEL.alias}`,
    MLFLOW_TRACKING_URI: `${localUrl(ports.api)}/api/mlflow`,
    MLFLOW_TRACKING_TOKEN: secrets.inferenceKey,
    LOGGING_URL: localUrl(ports.logging),
    MODEL_CACHE_DIR: modelsDir,
    LOG_SPOOL_DIR: path.join(spoolDir, 'inference'),
  };
}

function loggingSettings({ ports, secrets, databaseUrls, spoolDir }: AppSettingsInput): Settings {
  return {
    ...sharedSettings(ports.logging, secrets),
    DATABASE_URL: databaseUrls.logging,
    SPOOL_DIR: path.join(spoolDir, 'logging'),
    SPOOL_IS_DURABLE: 'true',
    // For the sample's sake an eight counts as a defect, so that the defect rate has something to show.
    DEFECT_RULES: JSON.stringify({ [SAMPLE_MODEL.name]: { output: 'label', labels: ['8'] } }),
  };
}

function sharedSettings(port: number, { internalToken }: StackSecrets): Settings {
  return { HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'info', INTERNAL_TOKEN: internalToken };
}
