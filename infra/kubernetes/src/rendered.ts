import path from 'node:path';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { parseAllDocuments } from 'yaml';

/** Named as the environments of infra/aws, the smallest first. */
export const OVERLAYS = ['dev', 'staging', 'production'] as const;
export type Overlay = (typeof OVERLAYS)[number];

/** As much of an object as all of them have. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

const root = path.resolve(__dirname, '..');
const TIMEOUT_MS = 30_000;

/** What `kubectl apply -k` would send to the cluster. */
export async function render(overlay: Overlay): Promise<KubernetesObject[]> {
  const { exitCode, stdout, stderr } = await runCommand(
    'kubectl',
    ['kustomize', path.join(root, 'overlays', overlay)],
    { env: hostEnvironment(), timeoutMs: TIMEOUT_MS },
  );
  if (exitCode === 0) return parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject);
  throw new Error(
    `"kubectl kustomize" did not render overlays/${overlay}: ${stderr.trim() || 'it could not be started'}. ` +
      'Install kubectl 1.27 or newer when it is missing (older ones have no Kustomize 5), or correct the overlay.',
  );
}
