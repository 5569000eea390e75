import { ProblemError } from '@tidegate/schemas';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticator } from '../keys/authenticator';
import type { Caller } from '../keys/key-record';
import type { AuthFailures } from '../limits/auth-failures';
import type { RateLimits } from '../limits/rate-limits';
import type { ClientAddresses } from './client-addresses';

/** Lets a request in: who sends it, from where, how often. */
export class Access {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly clients: ClientAddresses,
    private readonly authFailures: AuthFailures,
    private readonly rateLimits: RateLimits,
  ) {}

  /**
   * @param reply gets the headers that tell the caller its limit
   * @throws ProblemError of the authenticator, AUTH_FAILURES_LIMITED or RATE_LIMITED
   */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    const caller = await this.authenticate(request);
    await this.rateLimits.admit(caller, reply);
    return caller;
  }

  private async authenticate({ raw, headers }: FastifyRequest): Promise<Caller> {
    const clientAddress = this.clients.of(raw);
    try {
      return await this.authenticator.authenticate(headers, clientAddress);
    } catch (error) {
      // Who forgot the key, or asks while keys cannot be checked, is not guessing.
      const isGuess = error instanceof ProblemError && error.code === 'API_KEY_INVALID';
      if (isGuess) await this.authFailures.count(clientAddress);
      throw error;
    }
  }
}
