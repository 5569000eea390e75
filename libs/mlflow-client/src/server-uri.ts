/** A URI that only the MLflow server can turn into a place: what it names, and a path below that. */
export type ServerUri =
  | { readonly kind: 'run'; readonly runId: string; readonly path: string }
  | { readonly kind: 'loggedModel'; readonly modelId: string; readonly path: string }
  | { readonly kind: 'version'; readonly name: string; readonly version: string; readonly path: string };

const RUN = /^runs:\/+(?<id>[^/]+)\/*(?<path>.*?)\/*$/;
const LOGGED_MODEL = /^models:\/+(?<id>m-[^/]+)\/*(?<path>.*?)\/*$/;
const VERSION = /^models:\/+(?<name>[^/]+)\/(?<version>\d+)(?:\/+(?<path>.*?))?\/*$/;

/**
 * Reads `runs:/<run>/path`, `models:/m-<id>` (MLflow 3) and `models:/<name>/<version>` (a copied version). A version is
 * looked for first: a registered model may be named `m-1`.
 */
export function parseServerUri(uri: string): ServerUri | undefined {
  const version = VERSION.exec(uri)?.groups;
  if (version) {
    return {
      kind: 'version',
      name: version.name ?? '',
      version: version.version ?? '',
      path: version.path ?? '',
    };
  }
  const model = LOGGED_MODEL.exec(uri)?.groups;
  if (model) return { kind: 'loggedModel', modelId: model.id ?? '', path: model.path ?? '' };
  const run = RUN.exec(uri)?.groups;
  return run && { kind: 'run', runId: run.id ?? '', path: run.path ?? '' };
}

/** `path` below a URI, which may end in slashes. */
export function below(uri: string, path: string): string {
  return path === '' ? uri : `${uri.replace(/\/+$/, '')}/${path}`;
}
