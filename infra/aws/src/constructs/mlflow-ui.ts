import { LbListenerRule } from '@cdktf/provider-aws/lib/lb-listener-rule';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Environment } from '../environments';
import { CognitoSignIn } from './cognito-sign-in';
import type { LoadBalancer } from './load-balancer';
import { OidcRule } from './oidc-rule';
import { TargetGroup, type TargetGroupProps } from './target-group';

type Authentication = NonNullable<Environment['edge']['mlflowUi']>;

export interface MlflowUiProps {
  /** `tidegate-dev` */
  readonly prefix: string;
  /** `mlflow.ml.example.com` */
  readonly host: string;
  readonly authentication: Authentication;
  /** Secret with the field `client_secret`; only with OIDC. */
  readonly oidcSecretArn: string | undefined;
  readonly loadBalancer: LoadBalancer;
  readonly target: TargetGroupProps;
  readonly isProtected: boolean;
}

/**
 * After the rules of all services: `/api/*` stays the gateway's on this host too, where keys count and not sessions. Two
 * numbers, because the balancer refuses a second rule of the same one while an environment changes its provider.
 */
const PRIORITIES = { cognito: 10_000, oidc: 10_001 };
const SESSION_TIMEOUT_SECONDS = 12 * 60 * 60;

/** MLflow's pages for people, on a host of their own and only after they signed in. MLflow asks for its own login then. */
export class MlflowUi extends Construct {
  readonly targetGroup: TargetGroup;
  /** What connects the targets with the load balancer: the ECS service waits for it. */
  readonly rule: ITerraformDependable;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MlflowUiProps,
  ) {
    super(scope, id);
    this.targetGroup = new TargetGroup(this, 'target', props.target);
    this.rule = this.signInRule(props.authentication);
    new VpcSecurityGroupEgressRule(this, 'to-provider', {
      securityGroupId: props.loadBalancer.securityGroupId,
      description: 'Load balancer to the sign-in provider',
      cidrIpv4: '0.0.0.0/0',
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
    });
  }

  private signInRule(authentication: Authentication): ITerraformDependable {
    switch (authentication.kind) {
      case 'cognito':
        return this.cognitoRule(authentication.domainPrefix);
      case 'oidc':
        return this.oidcRule(authentication);
    }
  }

  private cognitoRule(domainPrefix: string): LbListenerRule {
    const { prefix, host, loadBalancer, isProtected } = this.props;
    const signIn = new CognitoSignIn(this, 'cognito', { name: prefix, domainPrefix, host, isProtected });
    return new LbListenerRule(this, 'rule', {
      listenerArn: loadBalancer.listenerArn,
      priority: PRIORITIES.cognito,
      condition: [{ hostHeader: { values: [host] } }],
      action: [
        {
          order: 1,
          type: 'authenticate-cognito',
          authenticateCognito: {
            userPoolArn: signIn.userPoolArn,
            userPoolClientId: signIn.clientId,
            userPoolDomain: signIn.domain,
            scope: 'openid email',
            onUnauthenticatedRequest: 'authenticate',
            sessionTimeout: SESSION_TIMEOUT_SECONDS,
          },
        },
        { order: 2, type: 'forward', targetGroupArn: this.targetGroup.arn },
      ],
    });
  }

  private oidcRule(provider: Extract<Authentication, { kind: 'oidc' }>): ITerraformDependable {
    const { prefix, host, loadBalancer, oidcSecretArn } = this.props;
    return new OidcRule(this, 'oidc', {
      ...provider,
      name: prefix,
      host,
      listenerArn: loadBalancer.listenerArn,
      targetGroupArn: this.targetGroup.arn,
      priority: PRIORITIES.oidc,
      secretArn: oidcSecretArn as string, // the foundation has one wherever the provider is an OIDC one
      sessionTimeoutSeconds: SESSION_TIMEOUT_SECONDS,
    }).stack;
  }
}
