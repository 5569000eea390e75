/** Response codes by their names in the registry; those above 15 need the extension (EDNS). */
export const rcodes = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  DSOTYPENI: 11,
  RESERVED_12: 12,
  RESERVED_15: 15,
  BADVERS: 16,
  BADCOOKIE: 23,
} as const;

/** How the server answers one name; everything left out behaves well. */
export interface DnsBehaviour {
  /** IPv4 addresses answer A, IPv6 addresses AAAA. An empty list is an empty answer. @default [] */
  readonly addresses?: readonly string[];
  /** @default 60 */
  readonly ttlSeconds?: number;
  /** @default NOERROR */
  readonly rcode?: keyof typeof rcodes;
  /** The query is counted and never answered. */
  readonly isDropped?: boolean;
  readonly delayMs?: number;
  /** The answer is kept back until `release` is called. */
  readonly isHeld?: boolean;
  /** Over UDP only the truncation bit is sent; the answer is had over TCP. */
  readonly isTruncated?: boolean;
  /** Half of the message is missing, without the truncation bit. */
  readonly isCut?: boolean;
  /** Over TCP the connection is closed, nothing is sent, or half of the message is. */
  readonly tcpFault?: 'closed' | 'silent' | 'cut';
  /** Bytes that are no DNS message, under the query's id. */
  readonly isGarbage?: boolean;
  /** Before the answer come datagrams that are none: another id, another question, garbage, another port. */
  readonly hasDecoys?: boolean;
  /** The answer comes twice. */
  readonly isRepeated?: boolean;
  /** The answer repeats this name instead of the one that was asked for, in question and records. */
  readonly questionName?: string;
  /** The question is missing, as where a server could not read it. */
  readonly isWithoutQuestion?: boolean;
  /** A server of before 1999: FORMERR for a query with the extension (EDNS). */
  readonly isWithoutEdns?: boolean;
  /** The records carry this name instead of the one that was asked for. */
  readonly ownerName?: string;
  /**
   * The answer starts with aliases: from the name to the first, from there to the next; the addresses belong to the
   * last. May lead back to a name that was passed (a loop).
   */
  readonly cname?: string | readonly string[];
}

export type DnsQueryType = 'A' | 'AAAA';

/** What decoys name: an answer with this address was believed though it should not have been. */
export const decoyAddresses = { A: '10.6.6.6', AAAA: 'fd06::6' } as const;
