import { BlockList, isIP } from 'node:net';

/** A text is no network; `message` says what was expected. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';

  constructor(text: string) {
    super(`"${text}" is not a network. Expected an address or a network in CIDR form, as 10.0.0.0/16`);
  }
}

/** A fixed set of IPv4 and IPv6 networks. */
export class Networks {
  private constructor(
    /** As they were given. */
    readonly texts: readonly string[],
    private readonly ranges: BlockList,
  ) {}

  /**
   * @param texts addresses or networks in CIDR form
   * @throws NetworkError for the first one that is neither
   */
  static parse(texts: readonly string[]): Networks {
    const ranges = new BlockList();
    for (const text of texts) addRange(ranges, text);
    return new Networks([...texts], ranges);
  }

  /** False for what is no IP address. An IPv4 address counts in its IPv6-mapped form, too. */
  includes(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.ranges.check(address, family === 4 ? 'ipv4' : 'ipv6');
  }
}

function addRange(ranges: BlockList, text: string): void {
  const [, address = '', prefix] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  const bits = family === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (family === 0 || length > bits) throw new NetworkError(text);
  ranges.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
}
