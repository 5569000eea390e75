import { DnsError } from './dns-error';

export type TargetSource = 'MLFLOW_TRACKING_URI' | 'MLFLOW_SERVER_URL' | 'discovery';

/** Where a service is, by name: addresses come from the address book. */
export interface ServiceTarget {
  /** Path without trailing slash, except for the root. */
  readonly baseUrl: URL;
  /** `baseUrl` without any trailing slash, for people and for appending paths. */
  readonly displayUrl: string;
  /** IPv6 literals without brackets: what the address book takes. */
  readonly hostname: string;
  readonly port: number;
  readonly source: TargetSource;
}

export interface TrackingTargetInput {
  /** `MLFLOW_TRACKING_URI`; wins over everything. Empty counts as not set. */
  readonly trackingUri?: string;
  /** `MLFLOW_SERVER_URL`; wins over discovery. Empty counts as not set. */
  readonly serverUrl?: string;
  readonly project: string;
  readonly environment: string;
  /** Used for discovery only; a URL without a port means its scheme's. @default 5000 */
  readonly port?: number;
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The name a service is registered under: `<service>.<project>-<environment>.local`.
 * @throws DnsError `DNS_NAME_INVALID`
 */
export function serviceName(service: string, project: string, environment: string): string {
  const labels = [service, `${project}-${environment}`].map((label) => label.toLowerCase());
  const wrong = labels.find((label) => !LABEL.test(label));
  if (wrong !== undefined || project === '' || environment === '') {
    throw new DnsError('DNS_NAME_INVALID', `"${wrong ?? labels.join('.')}" cannot be part of a service name`);
  }
  return `${labels.join('.')}.local`;
}

/**
 * Where MLflow is: `MLFLOW_TRACKING_URI`, then `MLFLOW_SERVER_URL`, then `mlflow.<project>-<environment>.local:5000`.
 * @throws DnsError `DNS_TARGET_INVALID` naming the variable and every problem (never its value, which may hold a
 * secret), or `DNS_NAME_INVALID`
 */
export function parseTrackingTarget(input: TrackingTargetInput): ServiceTarget {
  const trackingUri = input.trackingUri?.trim() ?? '';
  if (trackingUri !== '')
    return fromUrl(parseOverride('MLFLOW_TRACKING_URI', trackingUri), 'MLFLOW_TRACKING_URI');
  const serverUrl = input.serverUrl?.trim() ?? '';
  if (serverUrl !== '') return fromUrl(parseOverride('MLFLOW_SERVER_URL', serverUrl), 'MLFLOW_SERVER_URL');
  const hostname = serviceName('mlflow', input.project, input.environment);
  return fromUrl(new URL(`http://${hostname}:${input.port ?? 5000}`), 'discovery');
}

function parseOverride(variable: TargetSource, text: string): URL {
  if (!URL.canParse(text)) throw new DnsError('DNS_TARGET_INVALID', `${variable} is not a URL`);
  const url = new URL(text);
  const problems = [
    ...(url.protocol === 'http:' || url.protocol === 'https:' ? [] : [`has the scheme "${url.protocol}"`]),
    ...(url.username === '' && url.password === ''
      ? []
      : ['carries credentials (give them as the secrets MLFLOW_USERNAME and MLFLOW_PASSWORD instead)']),
    ...(url.search === '' && !text.includes('?') ? [] : ['has a query']),
    ...(url.hash === '' && !text.includes('#') ? [] : ['has a fragment']),
  ];
  if (problems.length > 0) throw new DnsError('DNS_TARGET_INVALID', `${variable} ${problems.join(', ')}`);
  return url;
}

function fromUrl(baseUrl: URL, source: TargetSource): ServiceTarget {
  baseUrl.pathname = baseUrl.pathname.replace(/\/+$/, '');
  const defaultPort = baseUrl.protocol === 'https:' ? 443 : 80;
  return {
    baseUrl,
    displayUrl: baseUrl.href.replace(/\/$/, ''),
    hostname: baseUrl.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: baseUrl.port === '' ? defaultPort : Number(baseUrl.port),
    source,
  };
}
