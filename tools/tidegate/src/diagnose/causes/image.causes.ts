import { START, type Cause } from './cause';

export const IMAGE_CAUSES: readonly Cause[] = [
  {
    id: 'registry-rate-limit',
    title: 'The registry of the image limits how often it may be pulled.',
    remedy: [
      'Images come from ECR or ECR Public, which do not limit tasks like this: "tidegate images push {env}", then deploy.',
      'If the image names docker.io, somebody registered a revision by hand: "tidegate rollback {env} {service}".',
    ],
    signs: [{ sources: START, pattern: /CannotPull.*(429|toomanyrequests|rate limit|Rate exceeded)/is }],
  },
  {
    id: 'image-architecture',
    title: 'The image is built for another processor than the task has.',
    remedy: [
      'Build for the architecture in the environment (tasks.architecture): "tidegate images push {env} --platform linux/arm64", or linux/amd64.',
      'Deploy again with the new digests.',
    ],
    signs: [
      { sources: START, pattern: /CannotPull.*descriptor matching platform/is },
      { sources: ['log', 'container'], pattern: /exec format error/i },
    ],
  },
  {
    id: 'image-missing',
    title: 'The image is not in the registry.',
    remedy: [
      '"tidegate images push {env}" pushes what is missing; then deploy with the digests it writes.',
      'To go back: "tidegate rollback {env} {service}" to a revision whose image is still there.',
    ],
    signs: [
      {
        sources: START,
        pattern: /CannotPull.*(not found|manifest unknown|does not exist|repository .* not exist)/is,
      },
    ],
  },
  {
    id: 'image-denied',
    title: 'The execution role may not pull the image.',
    remedy: [
      'Deploy {env}-services again: it gives the role the rights on its repository.',
      'If the image is of another account, its repository policy must admit this one.',
    ],
    signs: [
      { sources: START, pattern: /CannotPull.*(403 Forbidden|access denied|no basic auth|not authorized)/is },
      { sources: START, pattern: /retrieve ecr registry auth.*(AccessDenied|not authorized)/is },
    ],
  },
  {
    id: 'image-unreachable',
    title: 'The task has no way to the registry.',
    remedy: [
      'Look at the network below: a route to a NAT, or endpoints for ecr.api, ecr.dkr and S3, and port 443 out.',
      'Deploy {env}-foundation again when something of it was changed by hand ("tidegate drift {env}").',
    ],
    signs: [
      {
        sources: START,
        pattern: /CannotPull.*(i\/o timeout|context deadline exceeded|request canceled|no such host)/is,
      },
      {
        sources: START,
        pattern: /retrieve ecr registry auth.*(RequestError|RequestCanceled|i\/o timeout|context deadl)/is,
      },
    ],
  },
  {
    id: 'image-pull-failed',
    title: 'The image could not be pulled.',
    remedy: [
      'What the registry said is below; look whether the image exists: "tidegate status {env} {service}" names it.',
    ],
    signs: [{ sources: START, pattern: /CannotPull(Container|Image\w*|ECRContainer)Error/i }],
    isSymptom: true,
  },
];
