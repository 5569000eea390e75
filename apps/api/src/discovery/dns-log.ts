import { Logger } from '@nestjs/common';
import type { Address, AddressBookObserver, LookupEvent } from '@tidegate/dns';

/** Says in the log what a person on call wants to know about names: changes, not look-ups. */
export class DnsLog implements AddressBookObserver {
  private readonly logger = new Logger('Discovery');
  private readonly staleFallbacks = new Set<string>();
  private readonly failing = new Set<string>();

  lookupFinished({ hostname: name, source, result }: LookupEvent): void {
    if (source !== 'name-server' || (result !== 'found') === this.failing.has(name)) return;
    if (result === 'found') {
      this.failing.delete(name);
      this.logger.log({ name }, `the name server answers for ${name} again`);
    } else {
      this.failing.add(name);
      this.logger.warn({ name, code: result }, `the name server gives no address for ${name}`);
    }
  }

  addressesChanged(name: string, addresses: readonly Address[], previous: readonly Address[]): void {
    const text = (list: readonly Address[]): string[] => list.map(({ address }) => address);
    this.logger.log(
      { name, addresses: text(addresses), previous: text(previous) },
      `addresses of ${name} changed`,
    );
  }

  fallbackChanged(name: string, isActive: boolean): void {
    if (isActive) this.logger.warn({ name }, `${name} cannot be resolved: MLFLOW_FALLBACK_IP is in use`);
    else this.logger.log({ name }, `${name} resolves again: MLFLOW_FALLBACK_IP is no longer in use`);
  }

  fallbackCompared(name: string, matches: boolean): void {
    if (matches) this.staleFallbacks.delete(name);
    else if (!this.staleFallbacks.has(name)) {
      this.staleFallbacks.add(name);
      this.logger.warn(
        { name },
        `MLFLOW_FALLBACK_IP is not among the addresses of ${name}: update or remove it`,
      );
    }
  }
}
