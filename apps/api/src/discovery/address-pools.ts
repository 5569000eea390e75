import type { Clock } from '@tidegate/clock';
import type { Address } from '@tidegate/dns';
import { AddressPool } from './address-pool';

/**
 * One pool for each address of a service. When the addresses change, new requests use the new ones at once; the pools of
 * the others let their running requests finish and close.
 */
export class AddressPools {
  private current: readonly AddressPool[] = [];
  private addresses: readonly Address[] = [];
  private readonly draining = new Set<AddressPool>();
  private turn = 0;

  constructor(
    private readonly origin: string,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  /** Of the addresses in use. */
  get all(): readonly AddressPool[] {
    return this.current;
  }

  /** How many pools of former addresses still have running requests. */
  get drainingCount(): number {
    return this.draining.size;
  }

  /** Tells what the addresses are now; cheap while they are the same. */
  use(addresses: readonly Address[]): void {
    if (addresses === this.addresses) return;
    if (!isSameList(addresses, this.addresses)) this.change(addresses);
    this.addresses = addresses;
  }

  /**
   * The pool with the fewest running requests among those that `isUsable`, in turn when several have as few; undefined
   * when there is none.
   */
  pick(isUsable: (pool: AddressPool) => boolean): AddressPool | undefined {
    const { current } = this;
    const [only] = current;
    if (current.length <= 1) return only !== undefined && isUsable(only) ? only : undefined;
    this.turn = (this.turn + 1) % current.length;
    let best: AddressPool | undefined;
    for (let offset = 0; offset < current.length; offset += 1) {
      const pool = current[(this.turn + offset) % current.length];
      if (pool !== undefined && isUsable(pool) && (best === undefined || pool.running < best.running))
        best = pool;
    }
    return best;
  }

  async destroy(): Promise<void> {
    await Promise.all([...this.current, ...this.draining].map((pool) => pool.destroy()));
  }

  private change(addresses: readonly Address[]): void {
    const before = new Map(this.current.map((pool) => [pool.address, pool]));
    this.current = addresses.map((address) => {
      const known = before.get(address.address);
      before.delete(address.address);
      return known ?? new AddressPool(this.origin, address, this.clock, this.random);
    });
    for (const pool of before.values()) this.drain(pool);
  }

  private drain(pool: AddressPool): void {
    this.draining.add(pool);
    const forget = (): void => void this.draining.delete(pool);
    pool.drain().then(forget, forget);
  }
}

function isSameList(left: readonly Address[], right: readonly Address[]): boolean {
  return left.length === right.length && left.every(({ address }, at) => address === right[at]?.address);
}
