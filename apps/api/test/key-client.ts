import type { ApiKeyPage, ApiKeyView, NewApiKeyView } from '@tidegate/schemas';
import { bearer } from './api-under-test';

export interface KeyAnswer<T> {
  readonly status: number;
  readonly headers: Headers;
  /** What was answered: `T`, or a problem. */
  readonly body: T & { readonly code?: string; readonly detail?: string };
}

/** `/api/keys` as somebody with this key sees it. */
export class KeyClient {
  constructor(
    private readonly apiUrl: string,
    private readonly key: string,
  ) {}

  create(body: object): Promise<KeyAnswer<NewApiKeyView>> {
    return this.send('POST', '', body);
  }

  list(query = ''): Promise<KeyAnswer<ApiKeyPage>> {
    return this.send('GET', query);
  }

  get(id: string): Promise<KeyAnswer<ApiKeyView>> {
    return this.send('GET', `/${id}`);
  }

  rotate(id: string, body?: object): Promise<KeyAnswer<NewApiKeyView>> {
    return this.send('POST', `/${id}/rotate`, body);
  }

  revoke(id: string): Promise<KeyAnswer<ApiKeyView>> {
    return this.send('DELETE', `/${id}`);
  }

  /** A new key. @throws when it is refused */
  async make(body: object): Promise<NewApiKeyView> {
    const answer = await this.create({ owner: 'somebody', ...body });
    if (answer.status !== 201) throw new Error(`the key was refused: ${answer.body.detail}`);
    return answer.body;
  }

  private async send<T>(method: string, path: string, body?: object): Promise<KeyAnswer<T>> {
    const response = await fetch(`${this.apiUrl}/api/keys${path}`, {
      method,
      headers: { ...bearer(this.key), ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    const { status, headers } = response;
    return { status, headers, body: (await response.json()) as KeyAnswer<T>['body'] };
  }
}

/** Status of a prediction with this key: 200 for a valid one with the scope `predict`. */
export async function predict(apiUrl: string, key: string): Promise<number> {
  const response = await fetch(`${apiUrl}/api/inference/predict`, {
    method: 'POST',
    headers: bearer(key),
    body: '{}',
  });
  await response.arrayBuffer();
  return response.status;
}
