import {
  ConfigError,
  databaseSettings,
  httpUrl,
  installationName,
  integer,
  list,
  loadConfig,
  networks,
  optional,
  secret,
  serviceFields,
  setting,
  withDefault,
  type Environment,
} from '@tidegate/config';
import {
  DnsError,
  parseFallbackAddress,
  parseServerAddress,
  parseTrackingTarget,
  serviceName,
  type Address,
  type ServiceTarget,
} from '@tidegate/dns';
import { Networks } from '@tidegate/ip-networks';
import { z } from 'zod';
import { bootstrapKeyValue, seedKeysValue } from './keys/seed-keys.config';
import { BUILT_IN_CLASSES, rateClassesValue } from './limits/rate-classes.config';

const pepper = z.string().min(32, 'expected at least 32 random characters');

/** Every setting of the service; the configuration reference is made of them. */
export const apiFields = {
  ...serviceFields(8080),
  project: setting(
    'TIDEGATE_PROJECT',
    withDefault(installationName, 'tidegate'),
    'First part of the service names: <service>.<project>-<environment>.local.',
  ),
  environment: setting(
    'TIDEGATE_ENVIRONMENT',
    installationName,
    'Which installation this is, such as dev, staging or production.',
  ),
  // Secrets to the configuration, since an address can come with credentials in it: its value is never repeated.
  trackingUri: secret(
    'MLFLOW_TRACKING_URI',
    optional(
      checkedBy((trackingUri) => parseTrackingTarget({ trackingUri, project: 'p', environment: 'e' })),
    ),
    'Address of MLflow; wins over MLFLOW_SERVER_URL and discovery.',
  ),
  serverUrl: secret(
    'MLFLOW_SERVER_URL',
    optional(checkedBy((serverUrl) => parseTrackingTarget({ serverUrl, project: 'p', environment: 'e' }))),
    'Address of MLflow; wins over discovery.',
  ),
  fallbackIp: setting(
    'MLFLOW_FALLBACK_IP',
    optional(checkedBy((ip) => parseFallbackAddress({ ip }))),
    'Address of MLflow for when name resolution and its last answer are both gone.',
  ),
  fallbackCidr: setting(
    'MLFLOW_FALLBACK_CIDR',
    optional(z.string()),
    'Network MLFLOW_FALLBACK_IP must lie in.',
  ),
  dnsServers: setting(
    'DNS_SERVERS',
    withDefault(list.superRefine(refusing((servers) => servers.forEach(parseServerAddress))), []),
    "Name servers, as address[:port]; the system's when unset.",
  ),
  mlflowUsername: setting(
    'MLFLOW_USERNAME',
    optional(z.string()),
    "User of MLflow's basic authentication the api acts as.",
  ),
  mlflowPassword: secret('MLFLOW_PASSWORD', optional(z.string()), 'Password of MLFLOW_USERNAME.'),
  database: databaseSettings('Database of the API keys.'),
  redisUrl: secret(
    'REDIS_URL',
    optional(z.string().regex(/^rediss?:\/\//, 'expected redis://host:port')),
    'Optional Redis; without it everything works in process.',
  ),
  trustedProxies: setting(
    'TRUSTED_PROXY_CIDRS',
    withDefault(networks, Networks.parse([])),
    'Addresses and networks of the proxies whose X-Forwarded-For is believed.',
  ),
  rateClasses: setting(
    'API_RATE_CLASSES',
    withDefault(rateClassesValue, BUILT_IN_CLASSES),
    'JSON of {"<class>":{"requests":…,"perSeconds":…}}: what keys of a class may send.',
  ),
  authFailuresPerMinute: setting(
    'API_AUTH_FAILURES_PER_MINUTE',
    withDefault(integer(1, 1_000_000), 20),
    'How many requests a minute with an invalid key one address is told so.',
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
    'JSON list of {"name","key","scopes"} of other services; also "models", "allowed_cidrs", "rate_class".',
  ),
  inferenceUrl: setting('INFERENCE_URL', optional(httpUrl), 'Address of inference; by discovery when unset.'),
  loggingUrl: setting('LOGGING_URL', optional(httpUrl), 'Address of logging; by discovery when unset.'),
  maxArtifactBytes: setting(
    'MAX_ARTIFACT_BYTES',
    optional(integer(1, Number.MAX_SAFE_INTEGER)),
    'Largest upload of an artifact; any size when unset.',
  ),
};

export type ApiConfig = ReturnType<typeof loadApiConfig>;

/** @throws ConfigError listing every problem at once. */
export function loadApiConfig(environment: Environment = process.env) {
  const config = loadConfig('api', apiFields, environment);
  const discovered = (service: string, port: number): string =>
    `http://${serviceName(service, config.project, config.environment)}:${port}`;
  const { trackingUri, serverUrl, project, environment: installation } = config;
  const mlflow: ServiceTarget = parseTrackingTarget({
    trackingUri,
    serverUrl,
    project,
    environment: installation,
  });
  return Object.freeze({
    ...config,
    mlflow,
    mlflowFallback: fallbackWithin(config.fallbackIp, config.fallbackCidr),
    inferenceUrl: config.inferenceUrl ?? discovered('inference', 8000),
    loggingUrl: config.loggingUrl ?? discovered('logging', 8001),
  });
}

/** Each of the two was fine on its own; here they meet. */
function fallbackWithin(ip: string | undefined, cidr: string | undefined): Address | undefined {
  try {
    return parseFallbackAddress({ ip, cidr });
  } catch (error) {
    if (error instanceof DnsError) throw new ConfigError('api', [`MLFLOW_FALLBACK_CIDR: ${error.message}`]);
    throw error;
  }
}

/** Text that `check` takes without a DnsError; what that says becomes the problem. */
function checkedBy(check: (text: string) => unknown): z.ZodType<string> {
  return z.string().superRefine(refusing(check));
}

/** Anything `check` takes likewise. */
function refusing<Value>(check: (value: Value) => unknown) {
  return (value: Value, context: z.RefinementCtx): void => {
    try {
      check(value);
    } catch (error) {
      if (!(error instanceof DnsError)) throw error;
      context.addIssue(error.message);
    }
  };
}
