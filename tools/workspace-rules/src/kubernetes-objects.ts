import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { workspaceRoot } from './lint-texts';

const KUBERNETES = path.join(workspaceRoot, 'infra/kubernetes/base');

export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly ports?: readonly { readonly port: number }[];
    readonly template?: { readonly spec: { readonly containers: readonly Container[] } };
  };
}

export interface Container {
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}

export interface Probe {
  readonly httpGet: { readonly path: string };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/** What infra/kubernetes makes, as its base has it. */
export function kubernetesObjects(): KubernetesObject[] {
  return readdirSync(KUBERNETES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('kustomization.yaml'))
    .flatMap((name) => parseAllDocuments(readFileSync(path.join(KUBERNETES, name), 'utf8')))
    .map((document) => document.toJS() as KubernetesObject);
}
