import {
  apiKeyPageSchema,
  apiKeySchema,
  newApiKeySchema,
  type ApiKeyView,
  type NewApiKeyView,
} from '@tidegate/schemas';
import { z } from 'zod';
import { CommandError } from '../command-error';
import type { ApiAccess } from './api-access';
import type { NewKey, Rotation } from './keys-command-line';

const TIMEOUT_MS = 15_000;
const PAGE_SIZE = 1_000;

const problem = z.object({ code: z.string(), detail: z.string(), remedy: z.string() });

/** `/api/keys` over HTTP. Every method throws CommandError that says what went wrong and what to do. */
export class KeysApi {
  constructor(private readonly access: ApiAccess) {}

  create(key: NewKey): Promise<NewApiKeyView> {
    return this.send('POST', '', newApiKeySchema, key);
  }

  async list(filter: { readonly owner?: string; readonly isActive: boolean }): Promise<ApiKeyView[]> {
    const keys: ApiKeyView[] = [];
    let after: string | null = null;
    do {
      const query = new URLSearchParams({
        limit: String(PAGE_SIZE),
        ...(filter.owner !== undefined && { owner: filter.owner }),
        ...(filter.isActive && { active: 'true' }),
        ...(after !== null && { after }),
      });
      const page: z.infer<typeof apiKeyPageSchema> = await this.send(
        'GET',
        `?${query.toString()}`,
        apiKeyPageSchema,
      );
      keys.push(...page.keys);
      after = page.next;
    } while (after !== null);
    return keys;
  }

  rotate(id: string, rotation: Rotation): Promise<NewApiKeyView> {
    return this.send('POST', `/${id}/rotate`, newApiKeySchema, rotation);
  }

  revoke(id: string): Promise<ApiKeyView> {
    return this.send('DELETE', `/${id}`, apiKeySchema);
  }

  private async send<T>(method: string, path: string, answer: z.ZodType<T>, body?: object): Promise<T> {
    const { url, key } = this.access;
    const response = await this.fetch(`${url}/api/keys${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
      // The key is for this address and for no other.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const content = await jsonOf(response);
    const result = answer.safeParse(content);
    if (response.ok && result.success) return result.data;
    const { data: refusal } = problem.safeParse(content);
    if (!response.ok && refusal)
      throw new CommandError(`${refusal.detail} (${refusal.code}). ${refusal.remedy}`);
    throw new CommandError(
      `${url} does not answer as a Tidegate api does (HTTP ${response.status}). Expected the address of one of this version; --url or TIDEGATE_URL choose it.`,
    );
  }

  private async fetch(url: string, request: RequestInit): Promise<Response> {
    try {
      return await fetch(url, request);
    } catch (error) {
      throw new CommandError(
        `The api at ${this.access.url} gives no answer (${reasonOf(error)}). Expected one that runs and can be reached from here; --url or TIDEGATE_URL choose it.`,
      );
    }
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `none within ${TIMEOUT_MS / 1_000} s`;
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}
