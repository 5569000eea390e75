import type { Environment } from '../environments';
import type { Problem } from './problem';

const ECR = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?\//;
const ECR_PUBLIC = 'public.ecr.aws/';

/**
 * Where an image comes from. Only ECR and ECR Public: the others limit anonymous pulls (Docker Hub per address, so
 * that all tasks behind one NAT share a limit; ghcr.io and quay.io when they are busy), and a task that cannot pull
 * does not start.
 */
export function registryProblems(owner: string, image: string): Problem[] {
  if (ECR.test(image) || image.startsWith(ECR_PUBLIC)) return [];
  return [
    {
      what: `The image of ${owner}, ${image}, comes from ${registryOf(image)}, which may refuse a pull at any time.`,
      expected: 'an image in ECR, or a base image in ECR Public (public.ecr.aws).',
      remedy:
        'Push it with "tidegate images push", or name the same image under public.ecr.aws/docker/library.',
    },
  ];
}

/** The variable `images` of the services stack: which image every service runs. */
export function imageProblems(
  images: Readonly<Record<string, string>>,
  names: readonly string[],
  { region }: Environment,
): Problem[] {
  const missing = names.filter((name) => images[name] === undefined);
  return [
    ...missing.map((name) => ({
      what: `The variable images has none for ${name}.`,
      expected: `an image for each of ${names.join(', ')}.`,
      remedy: 'Run "tidegate images push" and pass the file it writes.',
    })),
    ...Object.entries(images).flatMap(([name, image]) => [
      ...registryProblems(name, image),
      ...digestProblems(name, image),
      ...regionProblems(name, image, region),
    ]),
  ];
}

function digestProblems(name: string, image: string): Problem[] {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return [];
  return [
    {
      what: `The image of ${name}, ${image}, is named by a tag: what it means can change between two tasks.`,
      expected: '<repository>@sha256:<64 hexadecimal digits>.',
      remedy: 'Use the file that "tidegate images push" writes.',
    },
  ];
}

function regionProblems(name: string, image: string, region: string): Problem[] {
  const actual = ECR.exec(image)?.[2];
  if (actual === undefined || actual === region) return [];
  return [
    {
      what: `The image of ${name} is in ${actual}: every start of a task would fetch it from there.`,
      expected: `a repository in ${region}.`,
      remedy: 'Push it again with "tidegate images push".',
    },
  ];
}

/** The first part is a registry when it looks like a host; without one Docker Hub is meant. */
function registryOf(image: string): string {
  const first = image.split('/')[0] ?? '';
  const isHost = image.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? first : 'docker.io';
}
