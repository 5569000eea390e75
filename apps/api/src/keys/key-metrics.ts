import { Counter } from 'prom-client';

export type AuthenticationResult = 'accepted' | 'missing' | 'invalid' | 'unavailable';

/** Prometheus metrics of checking keys. */
export class KeyMetrics {
  private readonly authentications = new Counter({
    name: 'api_authentications_total',
    help: 'Requests whose key was checked, by result (accepted, missing, invalid or unavailable).',
    labelNames: ['result'],
  });
  private readonly withoutDatabase = new Counter({
    name: 'api_keys_served_without_database_total',
    help: 'Requests whose key counted as valid only because it was known from before the database went away.',
  });

  readonly authenticated = (result: AuthenticationResult): void => this.authentications.inc({ result });

  readonly servedWithoutDatabase = (): void => this.withoutDatabase.inc();
}
