/** What each failure means for the person who reads it: what would have been right, and what to do. */
const explanations = {
  DNS_NAME_NOT_FOUND: {
    expected: 'a name the name server knows',
    remedy: 'Check PROJECT and ENVIRONMENT, and that the service is registered under this name.',
  },
  DNS_NAME_EMPTY: {
    expected: 'at least one A or AAAA record',
    remedy: 'The name exists but no instance is registered: look at the tasks of the service behind it.',
  },
  DNS_TIMEOUT: {
    expected: 'an answer before the deadline',
    remedy: 'Check that the name server is reachable over UDP and TCP port 53 from this machine.',
  },
  DNS_SERVER_UNREACHABLE: {
    expected: 'a name server that accepts queries',
    remedy: 'Check the configured name servers and the security groups or firewalls on the way.',
  },
  DNS_SERVER_FAILED: {
    expected: 'an answer with addresses',
    remedy: "Look at the name server's own logs and at its upstream servers.",
  },
  DNS_ANSWER_INVALID: {
    expected: 'records of the name that was asked for, or of an alias that leads from it to addresses',
    remedy: 'Look at the records of this name for an alias loop; the server may also answer for other names.',
  },
  DNS_SERVER_INVALID: {
    expected: 'an IP address, alone or with a port: 10.0.0.2, 10.0.0.2:53, [fd00::2]:53',
    remedy: 'Correct the list of name servers and start again.',
  },
  DNS_ADDRESS_REFUSED: {
    expected: 'an address a service can have',
    remedy:
      'Unspecified, multicast, reserved, link-local and metadata addresses are never called: correct the record or setting.',
  },
  DNS_FAMILY_NOT_FOUND: {
    expected: 'an address of the family that was asked for',
    remedy: 'Register an address of that family, or connect without fixing the family.',
  },
  DNS_NAME_INVALID: {
    expected:
      'an IP address or dot-separated labels of letters, digits, "-" and "_", 63 characters each at most',
    remedy: 'Correct the name where it is configured.',
  },
  DNS_TARGET_INVALID: {
    expected: 'http:// or https://, a host, and at most a port and a path prefix',
    remedy: 'Correct the setting and start again.',
  },
  DNS_FALLBACK_INVALID: {
    expected: 'one IPv4 or IPv6 address, inside MLFLOW_FALLBACK_CIDR when that is set',
    remedy: 'Correct MLFLOW_FALLBACK_IP or MLFLOW_FALLBACK_CIDR, or remove both.',
  },
} as const;

export type DnsErrorCode = keyof typeof explanations;

/** Every failure of this lib. `message` says what happened, what was expected and what to do. */
export class DnsError extends Error {
  override readonly name = 'DnsError';

  constructor(
    readonly code: DnsErrorCode,
    /** What happened, as a sentence without its full stop. */
    readonly happened: string,
    options?: ErrorOptions,
  ) {
    const { expected, remedy } = explanations[code];
    super(`${happened}. Expected ${expected}. ${remedy}`, options);
  }
}
