import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Wafv2WebAcl, type Wafv2WebAclRule } from '@cdktf/provider-aws/lib/wafv2-web-acl';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association';
import { Wafv2WebAclLoggingConfiguration } from '@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration';
import { Construct } from 'constructs';

export interface WebFirewallProps {
  /** `tidegate-dev` */
  readonly name: string;
  readonly loadBalancerArn: string;
  /** Of one client address; what is above is refused until it calms down. */
  readonly requestsPerFiveMinutes: number;
  readonly logRetentionDays: number;
  readonly keyArn: string;
}

/**
 * Rules of AWS's common set that only count here, because they refuse what MLflow and models are used for. AWS's SQL
 * injection set is left out as a whole: MLflow's search filters look like SQL.
 */
const COUNTED_RULES = [
  'SizeRestrictions_BODY', // 8 KB: any image to predict, any model to upload
  'SizeRestrictions_QUERYSTRING', // 2 KB: metric histories of many runs at once
  'CrossSiteScripting_BODY', // artifacts and descriptions in HTML
  'GenericLFI_BODY', // relative paths in configuration artifacts
  'GenericRFI_BODY', // sources of runs and models given by address
  'RestrictedExtensions_URIPATH', // artifacts such as train.log and model.ini
  'RestrictedExtensions_QUERYARGUMENTS', // the same, named in a query
  'NoUserAgent_HEADER', // programs that call the API without one
];

/** As Terraform names the fields: the bindings have no type for statements and pass them on as they are. */
type Statement =
  | {
      readonly rate_based_statement: {
        readonly limit: number;
        readonly aggregate_key_type: 'IP';
        readonly evaluation_window_sec: number;
      };
    }
  | {
      readonly managed_rule_group_statement: {
        readonly vendor_name: string;
        readonly name: string;
        readonly rule_action_override: readonly { readonly name: string; readonly action_to_use: object }[];
      };
    };

/** What may not be in a log: keys and sessions. */
const REDACTED_HEADERS = ['authorization', 'cookie', 'x-api-key'];

/** AWS WAF in front of the load balancer: a rate limit per address and AWS's lists of bad addresses and requests. */
export class WebFirewall extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: WebFirewallProps) {
    super(scope, id);
    this.name = props.name;
    const acl = new Wafv2WebAcl(this, 'acl', {
      name: props.name,
      description: 'In front of the load balancer',
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility(props.name),
      rule: [
        rateRule(props.requestsPerFiveMinutes),
        managedRule(1, 'AWSManagedRulesAmazonIpReputationList'),
        managedRule(2, 'AWSManagedRulesKnownBadInputsRuleSet'),
        managedRule(3, 'AWSManagedRulesCommonRuleSet', COUNTED_RULES),
      ],
    });
    new Wafv2WebAclAssociation(this, 'association', {
      webAclArn: acl.arn,
      resourceArn: props.loadBalancerArn,
    });
    this.log(acl.arn, props);
  }

  /** Only what was refused or counted: the load balancer logs the rest. */
  private log(aclArn: string, props: WebFirewallProps): void {
    const group = new CloudwatchLogGroup(this, 'log', {
      name: `aws-waf-logs-${props.name}`, // AWS wants this beginning
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.keyArn,
    });
    new Wafv2WebAclLoggingConfiguration(this, 'logging', {
      resourceArn: aclArn,
      logDestinationConfigs: [group.arn],
      redactedFields: REDACTED_HEADERS.map((name) => ({ singleHeader: { name } })),
      loggingFilter: {
        defaultBehavior: 'DROP',
        filter: [
          {
            behavior: 'KEEP',
            requirement: 'MEETS_ANY',
            condition: [{ actionCondition: { action: 'BLOCK' } }, { actionCondition: { action: 'COUNT' } }],
          },
        ],
      },
    });
  }
}

function rateRule(limit: number): Wafv2WebAclRule {
  return {
    name: 'rate',
    priority: 0,
    action: { block: {} },
    statement: {
      rate_based_statement: { limit, aggregate_key_type: 'IP', evaluation_window_sec: 300 },
    } satisfies Statement,
    visibilityConfig: visibility('rate'),
  };
}

function managedRule(priority: number, name: string, counted: readonly string[] = []): Wafv2WebAclRule {
  return {
    name,
    priority,
    overrideAction: { none: {} },
    statement: {
      managed_rule_group_statement: {
        vendor_name: 'AWS',
        name,
        rule_action_override: counted.map((rule) => ({ name: rule, action_to_use: { count: {} } })),
      },
    } satisfies Statement,
    visibilityConfig: visibility(name),
  };
}

function visibility(metricName: string) {
  return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
