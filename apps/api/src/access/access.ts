import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticator } from '../keys/authenticator';
import type { Caller } from '../keys/key-record';
import type { ClientAddresses } from './client-addresses';

/** Lets a request in: who sends it, from where, how often. */
export class Access {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly clients: ClientAddresses,
  ) {}

  /**
   * @param reply gets the headers that tell the caller its limit
   * @throws ProblemError of the authenticator
   */
  async admit(request: FastifyRequest, _reply: FastifyReply): Promise<Caller> {
    return this.authenticator.authenticate(request.headers, this.clients.of(request.raw));
  }
}
