import { Body, Controller, Delete, Get, Header, Param, Post, Query, Req, Res } from '@nestjs/common';
import { isKeyId } from '@tidegate/api-keys';
import { unavailabilityOf } from '@tidegate/database';
import {
  createKeySchema,
  listKeysSchema,
  parseRequest,
  ProblemError,
  rotateKeySchema,
  type ApiKeyPage,
  type ApiKeyView,
  type NewApiKeyView,
} from '@tidegate/schemas';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../access/access';
import { AuditLog } from '../audit/audit-log';
import { requireScopes } from './authenticator';
import { KeyRegistry } from './key-registry';
import type { Caller } from './key-record';

/** Ids of the keys a change is about, for its audit line; filled in as they become known. */
type Subject = Record<string, string>;

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Key management, for keys that hold `keys:admin`. A key is in an answer once, when it is made. */
@Controller('api/keys')
export class KeysController {
  constructor(
    private readonly access: Access,
    private readonly audit: AuditLog,
    private readonly registry: KeyRegistry,
  ) {}

  @Post()
  @Header('cache-control', 'no-store')
  create(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewApiKeyView> {
    return this.change({ request, reply }, 'POST /api/keys', {}, async ({ keyId }, subject) => {
      const created = await this.registry.create(keyId, parseRequest(createKeySchema, body, 'BODY_INVALID'));
      subject['key'] = created.id;
      return created;
    });
  }

  @Get()
  @Header('cache-control', 'no-store')
  async list(
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApiKeyPage> {
    const { keyId } = await this.admit({ request, reply });
    const parsed = parseRequest(listKeysSchema, query, 'REQUEST_INVALID');
    return orUnavailableProblem(this.registry.list(keyId, parsed));
  }

  @Get(':id')
  @Header('cache-control', 'no-store')
  async get(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApiKeyView> {
    const { keyId } = await this.admit({ request, reply });
    return orUnavailableProblem(this.registry.get(keyId, requireKeyId(id)));
  }

  @Post(':id/rotate')
  @Header('cache-control', 'no-store')
  rotate(
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewApiKeyView> {
    return this.change(
      { request, reply },
      'POST /api/keys/:id/rotate',
      subjectOf(id),
      async ({ keyId }, subject) => {
        const parsed = parseRequest(rotateKeySchema, body ?? {}, 'BODY_INVALID');
        const created = await this.registry.rotate(keyId, requireKeyId(id), parsed);
        subject['successor'] = created.id;
        return created;
      },
    );
  }

  @Delete(':id')
  @Header('cache-control', 'no-store')
  revoke(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApiKeyView> {
    return this.change({ request, reply }, 'DELETE /api/keys/:id', subjectOf(id), ({ keyId }) =>
      this.registry.revoke(keyId, requireKeyId(id)),
    );
  }

  private async admit({ request, reply }: Exchange): Promise<Caller> {
    const caller = await this.access.admit(request, reply);
    requireScopes(caller, ['keys:admin']);
    return caller;
  }

  private async change<T>(
    { request, reply }: Exchange,
    action: string,
    subject: Subject,
    work: (caller: Caller, subject: Subject) => Promise<T>,
  ): Promise<T> {
    const caller = await this.access.admit(request, reply);
    this.audit.watch({ request, reply, caller, action, subject: () => subject });
    requireScopes(caller, ['keys:admin']);
    return orUnavailableProblem(work(caller, subject));
  }
}

function subjectOf(id: string): Subject {
  return isKeyId(id) ? { key: id } : {};
}

/** What is no id is not repeated anywhere: it may be a key. */
function requireKeyId(id: string): string {
  if (isKeyId(id)) return id;
  throw new ProblemError('KEY_NOT_FOUND', { detail: 'This is not the id of a key' });
}

async function orUnavailableProblem<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const unavailable = unavailabilityOf(error);
    if (!unavailable) throw error;
    throw new ProblemError('KEY_STORE_UNAVAILABLE', {
      detail: `The database of keys is away (${unavailable.causeCode}); look at the list of keys before repeating a change`,
      headers: { 'retry-after': '5' },
      cause: error,
    });
  }
}
