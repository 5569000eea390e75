import { CloudformationStack } from '@cdktf/provider-aws/lib/cloudformation-stack';
import { CognitoUserPool } from '@cdktf/provider-aws/lib/cognito-user-pool';
import { CognitoUserPoolDomain } from '@cdktf/provider-aws/lib/cognito-user-pool-domain';
import { Construct } from 'constructs';

export interface CognitoSignInProps {
  /** `tidegate-dev` */
  readonly name: string;
  /** First part of the sign-in page's address, unique in the region. */
  readonly domainPrefix: string;
  /** Host that people sign in to: `mlflow.ml.example.com` */
  readonly host: string;
  /** AWS refuses to delete the pool and so its people. */
  readonly isProtected: boolean;
}

/** A pool of people that an administrator invites, with a second factor, and the client the load balancer uses. */
export class CognitoSignIn extends Construct {
  readonly userPoolId: string;
  readonly userPoolArn: string;
  readonly clientId: string;
  readonly domain: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: CognitoSignInProps,
  ) {
    super(scope, id);
    const pool = this.pool();
    this.userPoolId = pool.id;
    this.userPoolArn = pool.arn;
    this.domain = new CognitoUserPoolDomain(this, 'domain', {
      domain: props.domainPrefix,
      userPoolId: pool.id,
    }).domain;
    this.clientId = this.client(pool.id);
  }

  private pool(): CognitoUserPool {
    return new CognitoUserPool(this, 'pool', {
      name: this.props.name,
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      usernameAttributes: ['email'],
      autoVerifiedAttributes: ['email'],
      mfaConfiguration: 'ON',
      softwareTokenMfaConfiguration: { enabled: true },
      passwordPolicy: {
        minimumLength: 12,
        requireLowercase: true,
        requireNumbers: true,
        requireSymbols: true,
        requireUppercase: true,
        temporaryPasswordValidityDays: 3,
      },
      accountRecoverySetting: { recoveryMechanism: [{ name: 'verified_email', priority: 1 }] },
      deletionProtection: this.props.isProtected ? 'ACTIVE' : 'INACTIVE',
      lifecycle: { preventDestroy: this.props.isProtected },
    });
  }

  /**
   * Made by CloudFormation, because Cognito makes up the client's secret and Terraform's own resource would keep it in
   * the state. Only Cognito and the load balancer ever see it this way.
   */
  private client(userPoolId: string): string {
    const stack = new CloudformationStack(this, 'client', {
      name: `${this.props.name}-mlflow-client`,
      parameters: { UserPoolId: userPoolId },
      templateBody: JSON.stringify({
        Description: 'Client of the load balancer in front of the pages of MLflow',
        Parameters: { UserPoolId: { Type: 'String' } },
        Resources: {
          Client: { Type: 'AWS::Cognito::UserPoolClient', Properties: clientProperties(this.props) },
        },
        Outputs: { ClientId: { Value: { Ref: 'Client' } } },
      }),
    });
    return stack.outputs.lookup('ClientId');
  }
}

function clientProperties({ name, host }: CognitoSignInProps): object {
  return {
    UserPoolId: { Ref: 'UserPoolId' },
    ClientName: `${name}-mlflow`,
    GenerateSecret: true,
    AllowedOAuthFlows: ['code'],
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthScopes: ['openid', 'email'],
    CallbackURLs: [`https://${host}/oauth2/idpresponse`],
    SupportedIdentityProviders: ['COGNITO'],
    ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
    PreventUserExistenceErrors: 'ENABLED',
    EnableTokenRevocation: true,
  };
}
