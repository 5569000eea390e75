import {
  httpUrl,
  list,
  loadConfig,
  optional,
  postgresUrl,
  secret,
  serviceFields,
  setting,
  withDefault,
  type Environment,
} from '@tidegate/config';
import { parseFallbackAddress, parseTrackingTarget, serviceName, type ServiceTarget } from '@tidegate/dns';
import { z } from 'zod';
import { bootstrapKeyValue, seedKeysValue } from './keys/seed-keys.config';

const name = z.string().regex(/^[a-z0-9-]{1,16}$/, 'expected 1 to 16 lower-case letters, digits and hyphens');
const pepper = z.string().min(32, 'expected at least 32 random characters');

const fields = {
  ...serviceFields(8080),
  project: setting(
    'TIDEGATE_PROJECT',
    withDefault(name, 'tidegate'),
    'First part of the service names: <service>.<project>-<environment>.local.',
  ),
  environment: setting(
    'TIDEGATE_ENVIRONMENT',
    name,
    'Which installation this is, such as dev, staging or production.',
  ),
  trackingUri: setting(
    'MLFLOW_TRACKING_URI',
    optional(z.string()),
    'Address of MLflow; wins over MLFLOW_SERVER_URL and discovery.',
  ),
  serverUrl: setting('MLFLOW_SERVER_URL', optional(z.string()), 'Address of MLflow; wins over discovery.'),
  fallbackIp: setting(
    'MLFLOW_FALLBACK_IP',
    optional(z.string()),
    'Address of MLflow for when name resolution and its last answer are both gone.',
  ),
  fallbackCidr: setting(
    'MLFLOW_FALLBACK_CIDR',
    optional(z.string()),
    'Network MLFLOW_FALLBACK_IP must lie in.',
  ),
  dnsServers: setting(
    'DNS_SERVERS',
    withDefault(list, []),
    "Name servers, as address[:port]; the system's when unset.",
  ),
  mlflowUsername: setting(
    'MLFLOW_USERNAME',
    optional(z.string()),
    "User of MLflow's basic authentication the api acts as.",
  ),
  mlflowPassword: secret('MLFLOW_PASSWORD', optional(z.string()), 'Password of MLFLOW_USERNAME.'),
  databaseUrl: secret('DATABASE_URL', postgresUrl, 'Database of the API keys.'),
  redisUrl: secret(
    'REDIS_URL',
    optional(z.string().regex(/^rediss?:\/\//, 'expected redis://host:port')),
    'Optional Redis; without it everything works in process.',
  ),
  pepper: secret(
    'API_KEY_PEPPER',
    pepper,
    'Key of the HMAC that API keys are stored as; losing it invalidates every key.',
  ),
  previousPepper: secret(
    'API_KEY_PEPPER_PREVIOUS',
    optional(pepper),
    'The pepper before, while it is being replaced.',
  ),
  bootstrapKey: secret(
    'API_BOOTSTRAP_KEY',
    optional(bootstrapKeyValue),
    'Key that may create the first keys; stored for 24 h while nobody has made one.',
  ),
  serviceKeys: secret(
    'API_SERVICE_KEYS',
    withDefault(seedKeysValue, []),
    'JSON list of {"name","key","scopes"} of other services.',
  ),
  inferenceUrl: setting('INFERENCE_URL', optional(httpUrl), 'Address of inference; by discovery when unset.'),
  loggingUrl: setting('LOGGING_URL', optional(httpUrl), 'Address of logging; by discovery when unset.'),
};

export type ApiConfig = ReturnType<typeof loadApiConfig>;

/** @throws ConfigError listing every problem; DnsError when MLflow's address or fall-back address is not usable. */
export function loadApiConfig(environment: Environment = process.env) {
  const config = loadConfig('api', fields, environment);
  const discovered = (service: string, port: number): string =>
    `http://${serviceName(service, config.project, config.environment)}:${port}`;
  const mlflow: ServiceTarget = parseTrackingTarget(config);
  return Object.freeze({
    ...config,
    mlflow,
    mlflowFallback: parseFallbackAddress({ ip: config.fallbackIp, cidr: config.fallbackCidr }),
    inferenceUrl: config.inferenceUrl ?? discovered('inference', 8000),
    loggingUrl: config.loggingUrl ?? discovered('logging', 8001),
  });
}
