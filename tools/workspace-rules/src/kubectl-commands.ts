import { argumentsOf, type DocumentedCommand } from './documented-commands';
import { kubernetesObjects, type KubernetesObject } from './kubernetes-objects';

/** `kubectl … deployment/api` of what infra/kubernetes does not make, and ports that its services do not have. */
export function wrongKubectlCommands(commands: readonly DocumentedCommand[]): string[] {
  const objects = new Map(kubernetesObjects().map((object) => [nameOf(object), object]));
  return argumentsOf(commands, ['kubectl']).flatMap(({ words }) =>
    words
      .filter((word) => /^(deployment|statefulset|service|networkpolicy|secret)\/[\w-]+$/.test(word))
      .flatMap((word) => {
        const object = objects.get(word);
        return object === undefined ? [`infra/kubernetes makes no ${word}`] : missingPorts(words, object);
      }),
  );
}

function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind.toLowerCase()}/${metadata.name}`;
}

/** Of `port-forward service/api 8080:8080`: the second is the service's. */
function missingPorts(words: readonly string[], service: KubernetesObject): string[] {
  if (!words.includes('port-forward')) return [];
  const ports = service.spec?.ports?.map(({ port }) => String(port)) ?? [];
  return words
    .flatMap((word) => /^\d+:(\d+)$/.exec(word)?.[1] ?? [])
    .filter((port) => !ports.includes(port))
    .map((port) => `${nameOf(service)} has no port ${port}`);
}
