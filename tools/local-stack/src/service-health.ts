const PROBE_TIMEOUT_MS = 5_000;

/** Whether a GET is answered with 2xx. */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** What a service says about itself in one word: `healthy`, `degraded`, `ready`, `not ready: model_not_loaded` … */
export async function reportedHealth(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    const body: unknown = await response.json();
    const { status, reason } = body as { status?: unknown; reason?: unknown };
    if (typeof status !== 'string') return `HTTP ${response.status}`;
    const word = status.replace('_', ' ');
    return typeof reason === 'string' ? `${word}: ${reason}` : word;
  } catch {
    return 'does not answer';
  }
}
