import { Injectable, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../keys/key-record';

/** What a change is about, such as `{ models: ['digits'], alias: 'production' }`; never the values that were written. */
export type AuditSubject = Readonly<Record<string, string | readonly string[]>>;

/** One change somebody makes or tries to make. */
export interface Change {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly caller: Caller;
  /** `METHOD route`, as the policy lists it or the controller names it. */
  readonly action: string;
  /** Asked at the end, when as much of it is known as there will be. */
  readonly subject: () => AuditSubject;
}

/** Who changed what: one structured line for every write through the gateway and every change of a key. */
@Injectable()
export class AuditLog {
  private readonly logger = new Logger('Audit');

  /**
   * Writes the line when the exchange is over. Refused changes have theirs, too: who tried is as interesting as who did.
   * `status` is what the caller got; it is missing when the caller left first.
   */
  watch({ request, reply, caller, action, subject }: Change): void {
    const { keyId, owner, clientAddress } = caller;
    reply.raw.once('close', () =>
      this.logger.log(
        {
          audit: true,
          keyId,
          owner,
          clientAddress,
          action,
          subject: subject(),
          status: reply.raw.writableFinished ? reply.raw.statusCode : undefined,
          requestId: request.id,
        },
        'change',
      ),
    );
  }
}
