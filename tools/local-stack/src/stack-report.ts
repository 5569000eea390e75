import { localUrl } from './app-settings';
import { becomesTrue } from './becomes-true';
import { answersOk, reportedHealth } from './service-health';
import { SERVICE_NAMES, SERVICE_TITLES, type ServiceName } from './service-names';
import { formatTable, type ServiceRow } from './service-table';
import type { StackContext } from './stack-context';
import type { StackFile, StackService } from './stack-file';
import type { StartedStack } from './start-stack';
import { pythonFrom, tryNextCommands } from './try-next';

const SETTLE_TIMEOUT_MS = 10_000;

/** What runs where, for `stack.json` and the table. */
export function stackFileOf(
  { options, secrets, supervisor }: StackContext,
  started: StartedStack,
): StackFile {
  const service = (name: ServiceName, url: string): StackService => ({
    url,
    pid: supervisor.pidOf(name) ?? null,
  });
  const { adminUrl, redisUrl } = started;
  return {
    pid: process.pid,
    services: {
      api: service('api', localUrl(options.ports.api)),
      inference: service('inference', localUrl(options.ports.inference)),
      logging: service('logging', localUrl(options.ports.logging)),
      mlflow: service('mlflow', localUrl(options.ports.mlflow)),
      postgres: service('postgres', adminUrl),
      ...(redisUrl === undefined ? {} : { redis: service('redis', redisUrl) }),
    },
    apiKey: secrets.userKey,
    adminKey: secrets.adminKey,
  };
}

/** The text at the end of a start: the table, the key, what to try, where the logs are. */
export async function stackReport(
  { options, paths, stopSignal }: StackContext,
  { services, apiKey }: StackFile,
  python: string,
): Promise<string> {
  await settle(services.api.url, stopSignal);
  const isLeftOut = (name: ServiceName): boolean => options.except.some((app) => app === name);
  const rows: ServiceRow[] = [];
  for (const name of SERVICE_NAMES) {
    const url = services[name]?.url;
    if (url === undefined) continue;
    const health = isLeftOut(name)
      ? `left out; start it with: npx nx serve ${name}`
      : await healthOf(name, url);
    rows.push({ service: SERVICE_TITLES[name], url, health });
  }
  const commands = tryNextCommands({
    apiUrl: services.api.url,
    apiKey,
    python: pythonFrom(paths.workspaceRoot, python),
  });
  return [
    '',
    formatTable(rows),
    '',
    `  API key  ${apiKey}`,
    `  Logs     ${paths.logsDir}/<service>.log`,
    '',
    'Try next, in another terminal and in this folder:',
    ...commands.map(({ title, command }, index) => `\n# ${index + 1}. ${title}\n${command}`),
    '',
    'Ctrl-C stops everything.',
  ].join('\n');
}

/** The api remembers what it last saw of the others, for a few seconds also that they were not there yet. */
async function settle(apiUrl: string, stopSignal: AbortSignal): Promise<void> {
  if (!(await answersOk(`${apiUrl}/live`))) return;
  const isHealthy = async (): Promise<boolean> => (await reportedHealth(`${apiUrl}/health`)) === 'healthy';
  await becomesTrue(isHealthy, SETTLE_TIMEOUT_MS, stopSignal);
}

async function healthOf(service: ServiceName, url: string): Promise<string> {
  switch (service) {
    case 'api':
      return reportedHealth(`${url}/health`);
    case 'inference':
    case 'logging':
      return reportedHealth(`${url}/ready`);
    case 'mlflow':
      return (await answersOk(`${url}/health`)) ? 'healthy' : 'does not answer';
    // Both were asked just now, when they were started.
    case 'postgres':
      return 'accepts connections';
    case 'redis':
      return 'answers PING';
  }
}
