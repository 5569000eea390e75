/** What the local stack reads from the environment of the person who starts it. */
export interface HostConfig {
  /** An administrator's URL of a PostgreSQL server to use instead of starting one. */
  readonly databaseUrl: string | undefined;
  /** What our Node apps and tools get of this environment: enough to run, nothing that changes their settings. */
  readonly childEnvironment: NodeJS.ProcessEnv;
}

const PASSED_ON = ['PATH', 'HOME', 'USER', 'LANG', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'SYSTEMROOT'];

export function readHostConfig(): HostConfig {
  const { DATABASE_URL: databaseUrl } = process.env;
  return {
    databaseUrl: databaseUrl === '' ? undefined : databaseUrl,
    childEnvironment: Object.fromEntries(
      PASSED_ON.map((name) => [name, process.env[name]]).filter(([, value]) => value !== undefined),
    ) as NodeJS.ProcessEnv,
  };
}
