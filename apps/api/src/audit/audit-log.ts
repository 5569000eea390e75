import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../keys/key-record';

/** One change somebody made or tried to make. */
export interface AuditEvent {
  readonly caller: Caller;
  /** `METHOD route`, as the policy lists it or the controller names it. */
  readonly action: string;
  /** What it was about, such as `{ model: 'digits', alias: 'production' }`; never the values that were written. */
  readonly subject: Readonly<Record<string, string | readonly string[]>>;
  /** HTTP status the caller got; undefined when the caller left first. */
  readonly status: number | undefined;
  readonly requestId: string;
}

/** Who changed what: one structured line for every write through the gateway and every change of a key. */
@Injectable()
export class AuditLog {
  private readonly logger = new Logger('Audit');

  record({ caller: { keyId, owner, clientAddress }, ...event }: AuditEvent): void {
    this.logger.log({ audit: true, keyId, owner, clientAddress, ...event }, 'change');
  }
}
