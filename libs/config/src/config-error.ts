/** Every problem of a service's configuration in one error, so that one restart is enough to mend them all. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';

  constructor(
    readonly service: string,
    /** `VARIABLE: what was expected, what came`; never holds the value of a secret. */
    readonly problems: readonly string[],
  ) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super(`The configuration of ${service} has ${count}:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}
