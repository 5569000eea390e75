import path from 'node:path';
import type { KubernetesObject } from './rendered';

interface Model {
  readonly prototype: { validate(this: unknown): void };
}

/**
 * What the published schema of its kind says against an object, and every field that the schema does not know: the API
 * server would drop that one silently, and a misspelt probe would be no probe.
 */
export async function schemaProblems(object: KubernetesObject): Promise<string[]> {
  const model = await modelOf(object);
  if (model === undefined) return [`there is no ${object.kind} in ${object.apiVersion}`];
  const unread = new Set<string>();
  const problems: string[] = [];
  try {
    model.prototype.validate.call(traced(object, '', unread));
  } catch (error) {
    problems.push((error as Error).message);
  }
  return [...problems, ...[...unread].map((field) => `${field} is not a field of a ${object.kind}`)];
}

async function modelOf({ apiVersion, kind }: KubernetesObject): Promise<Model | undefined> {
  const models = (await import(path.posix.join('kubernetes-models', apiVersion)).catch(() => ({}))) as Record<
    string,
    Model
  >;
  return models[kind];
}

/**
 * The validators are compiled and pass over fields they do not know, but they read every field they do: what stays in
 * `unread` is unknown.
 */
function traced<T>(value: T, place: string, unread: Set<string>): T {
  if (typeof value !== 'object' || value === null) return value;
  const at = (key: string): string => (Array.isArray(value) ? `${place}[${key}]` : `${place}.${key}`);
  for (const key of Object.keys(value)) unread.add(at(key));
  const inner = new Map(
    Object.entries(value).map(([key, child]) => [key, traced<unknown>(child, at(key), unread)]),
  );
  return new Proxy(value, {
    get: (target, key, receiver): unknown => {
      if (typeof key === 'symbol' || !inner.has(key)) return Reflect.get(target, key, receiver);
      unread.delete(at(key));
      return inner.get(key);
    },
  });
}
