import path from 'node:path';
import { parseArgs } from 'node:util';
import { APP_NAMES, SERVICE_NAMES, type AppName, type ServiceName } from './service-names';
import { StackError } from './stack-error';

export type Ports = Record<ServiceName, number>;

export interface StackOptions {
  readonly ports: Ports;
  /** Absolute. */
  readonly dataDir: string;
  readonly hasMlflowAuth: boolean;
  readonly hasSampleModel: boolean;
  /** Apps that are not started, because `nx serve` runs them. */
  readonly except: readonly AppName[];
}

export const DEFAULT_PORTS: Ports = {
  api: 8080,
  inference: 8000,
  logging: 8001,
  mlflow: 5000,
  postgres: 5433,
  redis: 6380,
};

export const DEFAULT_DATA_DIR = '.tidegate';

export const HELP = `Usage: npm start -- [options]

Runs Tidegate on this machine with real parts until Ctrl-C.

  --api-port <port>        default ${DEFAULT_PORTS.api}
  --inference-port <port>  default ${DEFAULT_PORTS.inference}
  --logging-port <port>    default ${DEFAULT_PORTS.logging}
  --mlflow-port <port>     default ${DEFAULT_PORTS.mlflow}
  --postgres-port <port>   default ${DEFAULT_PORTS.postgres}
  --redis-port <port>      default ${DEFAULT_PORTS.redis}
  --data-dir <folder>      where data, secrets and logs live; default ${DEFAULT_DATA_DIR}
  --no-mlflow-auth         MLflow without user names and passwords
  --no-sample-model        train and register nothing on the first start
  --except <app>           leave out ${APP_NAMES.join(', ')} (may be repeated): "npx nx serve <app>" runs it then
  --help                   this text

With DATABASE_URL set (an administrator's postgresql:// URL), that server is used instead of starting one.`;

/** How the user changes the port of a service. */
export function portOption(service: ServiceName): string {
  return `--${service}-port`;
}

/**
 * @param workspaceRoot relative data folders start here
 * @returns undefined when help is asked for
 * @throws StackError that names the wrong option
 */
export function parseOptions(args: readonly string[], workspaceRoot: string): StackOptions | undefined {
  const values = readArguments(args);
  if (values.help === true) return undefined;
  return {
    ports: portsOf(values),
    dataDir: path.resolve(workspaceRoot, values['data-dir'] ?? DEFAULT_DATA_DIR),
    hasMlflowAuth: values['no-mlflow-auth'] !== true,
    hasSampleModel: values['no-sample-model'] !== true,
    except: (values.except ?? []).map(appNamed),
  };
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'api-port': { type: 'string' },
        'inference-port': { type: 'string' },
        'logging-port': { type: 'string' },
        'mlflow-port': { type: 'string' },
        'postgres-port': { type: 'string' },
        'redis-port': { type: 'string' },
        'data-dir': { type: 'string' },
        'no-mlflow-auth': { type: 'boolean' },
        'no-sample-model': { type: 'boolean' },
        except: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    // parseArgs' first sentence names the option; the rest explains its own syntax.
    const [reason] = (error as Error).message.split('. ');
    throw new StackError(`${reason}. "npm start -- --help" lists the options.`);
  }
}

function portsOf(values: { [name in `${ServiceName}-port`]?: string }): Ports {
  const ports = { ...DEFAULT_PORTS };
  const takenBy = new Map<number, ServiceName>();
  for (const service of SERVICE_NAMES) {
    ports[service] = portOf(service, values[`${service}-port`]);
    const other = takenBy.get(ports[service]);
    if (other !== undefined) {
      throw new StackError(
        `${portOption(other)} and ${portOption(service)} are both ${ports[service]}: give each service a port of its own.`,
      );
    }
    takenBy.set(ports[service], service);
  }
  return ports;
}

function portOf(service: ServiceName, text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORTS[service];
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new StackError(`${portOption(service)} is "${text}": expected a port number from 1 to 65535.`);
}

function appNamed(text: string): AppName {
  const app = APP_NAMES.find((name) => name === text);
  if (app !== undefined) return app;
  throw new StackError(`--except is "${text}": expected one of ${APP_NAMES.join(', ')}.`);
}
