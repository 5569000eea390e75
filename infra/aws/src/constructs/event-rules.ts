import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic';

export interface EventRulesProps {
  readonly topic: AlarmTopic;
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly databaseIdentifier: string;
}

interface EventRule {
  readonly id: string;
  readonly description: string;
  readonly pattern: object;
  /** What the message says, with `<name>` for these parts of the event. */
  readonly parts: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Things that happen once, so that no metric shows them: EventBridge tells the topic. */
export class EventRules extends Construct {
  constructor(scope: Construct, id: string, props: EventRulesProps) {
    super(scope, id);
    const { topic } = props;
    for (const rule of [
      taskFailed(props),
      deploymentFailed(props),
      taskNotPlaced(props),
      databaseIll(props),
    ]) {
      const { name } = new CloudwatchEventRule(this, rule.id, {
        name: `${topic.prefix}-${rule.id}`,
        description: rule.description,
        eventPattern: JSON.stringify(rule.pattern),
      });
      new CloudwatchEventTarget(this, `${rule.id}-topic`, {
        rule: name,
        targetId: 'alarms',
        arn: topic.arn,
        inputTransformer: {
          inputPaths: rule.parts,
          inputTemplate: JSON.stringify(`${topic.prefix}: ${rule.message}`),
        },
      });
    }
  }
}

/** Not the tasks that ECS itself stops for a deployment or when it scales in. */
function taskFailed({ clusterArn }: EventRulesProps): EventRule {
  return {
    id: 'task-failed',
    description: 'A task ended by itself with an error, or could not start',
    pattern: {
      source: ['aws.ecs'],
      'detail-type': ['ECS Task State Change'],
      detail: {
        clusterArn: [clusterArn],
        lastStatus: ['STOPPED'],
        $or: [
          { stopCode: ['TaskFailedToStart'] },
          { stopCode: ['EssentialContainerExited'], containers: { exitCode: [{ 'anything-but': 0 }] } },
        ],
      },
    },
    parts: { group: '$.detail.group', reason: '$.detail.stoppedReason', task: '$.detail.taskArn' },
    message: 'a task of <group> failed: <reason> (<task>)',
  };
}

function deploymentFailed({ clusterName }: EventRulesProps): EventRule {
  return {
    id: 'deployment-failed',
    description: 'A deployment failed and is rolled back',
    pattern: {
      source: ['aws.ecs'],
      'detail-type': ['ECS Deployment State Change'],
      resources: [{ wildcard: `arn:aws:ecs:*:service/${clusterName}/*` }],
      detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
    },
    parts: { service: '$.resources[0]', reason: '$.detail.reason' },
    message: 'the deployment of <service> failed and is rolled back: <reason>',
  };
}

function taskNotPlaced({ clusterArn }: EventRulesProps): EventRule {
  return {
    id: 'task-not-placed',
    description: 'ECS cannot start a task that it should start',
    pattern: {
      source: ['aws.ecs'],
      'detail-type': ['ECS Service Action'],
      detail: {
        clusterArn: [clusterArn],
        eventName: [
          'SERVICE_TASK_CONFIGURATION_FAILURE',
          'SERVICE_TASK_PLACEMENT_FAILURE',
          'SERVICE_TASK_START_IMPAIRED',
        ],
      },
    },
    parts: { service: '$.resources[0]', event: '$.detail.eventName', reason: '$.detail.reason' },
    message: 'no task of <service> could be started: <event> <reason>',
  };
}

function databaseIll({ databaseIdentifier }: EventRulesProps): EventRule {
  return {
    id: 'database-event',
    description: 'RDS reports a failure, a fail-over or a full disk',
    pattern: {
      source: ['aws.rds'],
      'detail-type': ['RDS DB Instance Event'],
      detail: {
        SourceIdentifier: [databaseIdentifier],
        EventCategories: ['availability', 'failover', 'failure', 'low storage', 'recovery'],
      },
    },
    parts: { database: '$.detail.SourceIdentifier', message: '$.detail.Message' },
    message: 'database <database>: <message>',
  };
}
