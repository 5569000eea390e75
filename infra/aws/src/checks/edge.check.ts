import type { Environment } from '../environments';
import type { Problem } from './problem';

/** What only an environment that can be thrown away may do without, and what depends on a public name. */
export function edgeProblems(environment: Environment): Problem[] {
  const { name, isDisposable, stateBucket, edge } = environment;
  const problems: Problem[] = [];
  if (!isDisposable && stateBucket === undefined)
    problems.push({
      what: `stateBucket is not set: the Terraform state of ${name} would be a file on one machine.`,
      expected: 'the name of a versioned S3 bucket.',
      remedy: `Create one (aws s3api create-bucket, put-bucket-versioning) and name it in src/environments/${name}.ts or in the file TIDEGATE_ENVIRONMENT_FILE.`,
    });
  if (!isDisposable && edge.domain === undefined)
    problems.push({
      what: 'edge.domain is not set: API keys would cross the internet in plain HTTP.',
      expected: 'a public name with its Route 53 zone.',
      remedy: 'Set edge.domain, or isDisposable for an environment without secrets worth protecting.',
    });
  if (edge.mlflowUi !== undefined && edge.domain === undefined)
    problems.push({
      what: 'edge.mlflowUi is set without edge.domain: the load balancer signs people in over HTTPS only.',
      expected: 'both or neither.',
      remedy: 'Set edge.domain, or remove edge.mlflowUi.',
    });
  return problems;
}

/**
 * Names from the documentation that nobody owns. Tests deploy them to a simulator; a real deployment would wait for
 * its certificate until it fails.
 */
export function placeholderProblems({ edge: { domain, mlflowUi } }: Environment): Problem[] {
  const remedy = 'Set it to yours; docs/deploy.md says how.';
  const problems: Problem[] = [];
  if (domain !== undefined && /(^|\.)example\.(com|net|org)$/.test(domain.zoneName))
    problems.push({
      what: `edge.domain.zoneName is still ${domain.zoneName}.`,
      expected: 'a zone of this account.',
      remedy,
    });
  if (domain?.zoneId.endsWith('EXAMPLE') === true)
    problems.push({
      what: `edge.domain.zoneId is still ${domain.zoneId}.`,
      expected: 'the id of that zone.',
      remedy,
    });
  if (mlflowUi?.kind === 'oidc' && /\.example(\.(com|net|org))?$/.test(new URL(mlflowUi.issuer).hostname))
    problems.push({
      what: `edge.mlflowUi.issuer is still ${mlflowUi.issuer}.`,
      expected: 'an OIDC provider.',
      remedy,
    });
  return problems;
}
