import { CloudformationStack } from '@cdktf/provider-aws/lib/cloudformation-stack';
import { Construct } from 'constructs';

export interface OidcRuleProps {
  /** `tidegate-dev` */
  readonly name: string;
  readonly listenerArn: string;
  readonly targetGroupArn: string;
  readonly priority: number;
  /** Host it is for: `mlflow.ml.example.com` */
  readonly host: string;
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfoEndpoint: string;
  readonly clientId: string;
  /** Secret whose field `client_secret` a person has filled. */
  readonly secretArn: string;
  readonly sessionTimeoutSeconds: number;
}

/**
 * A rule of the load balancer that signs people in at an OIDC provider. CloudFormation makes it, because it fetches the
 * client's secret from Secrets Manager itself; through Terraform's own resource it would be in the state and the plan.
 */
export class OidcRule extends Construct {
  readonly stack: CloudformationStack;

  constructor(scope: Construct, id: string, props: OidcRuleProps) {
    super(scope, id);
    this.stack = new CloudformationStack(this, 'rule', {
      name: `${props.name}-mlflow-sign-in`,
      parameters: { ListenerArn: props.listenerArn, TargetGroupArn: props.targetGroupArn },
      templateBody: JSON.stringify({
        Description: 'Signs people in before the pages of MLflow',
        Parameters: { ListenerArn: { Type: 'String' }, TargetGroupArn: { Type: 'String' } },
        Resources: {
          Rule: { Type: 'AWS::ElasticLoadBalancingV2::ListenerRule', Properties: ruleProperties(props) },
        },
      }),
    });
  }
}

function ruleProperties(props: OidcRuleProps): object {
  return {
    ListenerArn: { Ref: 'ListenerArn' },
    Priority: props.priority,
    Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [props.host] } }],
    Actions: [
      {
        Order: 1,
        Type: 'authenticate-oidc',
        AuthenticateOidcConfig: {
          Issuer: props.issuer,
          AuthorizationEndpoint: props.authorizationEndpoint,
          TokenEndpoint: props.tokenEndpoint,
          UserInfoEndpoint: props.userInfoEndpoint,
          ClientId: props.clientId,
          ClientSecret: `{{resolve:secretsmanager:${props.secretArn}:SecretString:client_secret}}`,
          Scope: 'openid email',
          OnUnauthenticatedRequest: 'authenticate',
          SessionTimeout: props.sessionTimeoutSeconds,
        },
      },
      { Order: 2, Type: 'forward', TargetGroupArn: { Ref: 'TargetGroupArn' } },
    ],
  };
}
