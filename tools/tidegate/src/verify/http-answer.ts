const TIMEOUT_MS = 15_000;

/** The answer to one request, or why there is none. */
export type HttpAnswer =
  { readonly status: number; readonly body: unknown; readonly text: string } | { readonly problem: string };

export interface HttpQuestion {
  readonly url: string;
  readonly key?: string | undefined;
  /** Sent as JSON by POST; without it, GET. */
  readonly json?: unknown;
}

/** Asks once; never rejects. The key is never part of what it says. */
export async function askHttp({ url, key, json }: HttpQuestion): Promise<HttpAnswer> {
  try {
    const response = await fetch(url, {
      method: json === undefined ? 'GET' : 'POST',
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: parsed(text), text };
  } catch (error) {
    return { problem: `no answer from ${url}: ${causeOf(error)}` };
  }
}

/** A field of a JSON body by its path; undefined when there is none. */
export function fieldOf(body: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined,
    body,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing came within ${TIMEOUT_MS / 1000} s`;
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? error.message;
}
