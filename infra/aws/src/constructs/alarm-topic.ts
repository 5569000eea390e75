import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct } from 'constructs';
import { policyDocument, type PolicyStatement } from './policy-document';

export interface AlarmTopicProps {
  /** `tidegate-dev` */
  readonly prefix: string;
  readonly accountId: string;
  /** Its policy lets `cloudwatch.amazonaws.com` and `events.amazonaws.com` use it, or nothing arrives. */
  readonly keyArn: string;
  /** AWS asks each address for consent before it sends to it. */
  readonly emails: readonly string[];
}

/** Where everything goes that a person must know: one topic, encrypted, written by this account's alarms and rules only. */
export class AlarmTopic extends Construct {
  readonly arn: string;
  readonly prefix: string;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    this.prefix = props.prefix;
    const topic = new SnsTopic(this, 'topic', {
      name: `${props.prefix}-alarms`,
      kmsMasterKeyId: props.keyArn,
    });
    const policy = new SnsTopicPolicy(this, 'policy', {
      arn: topic.arn,
      policy: policyDocument(
        {
          ...maySend('Alarms', 'cloudwatch.amazonaws.com', topic.arn),
          conditions: { StringEquals: { 'aws:SourceAccount': props.accountId } },
        },
        // EventBridge does not say for which account it sends: with a condition its messages would be lost in silence.
        maySend('Events', 'events.amazonaws.com', topic.arn),
        {
          sid: 'OnlyEncrypted',
          effect: 'Deny',
          principal: '*',
          actions: ['sns:Publish'],
          resources: [topic.arn],
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ),
    });
    for (const email of props.emails) {
      new SnsTopicSubscription(this, `email-${email}`, {
        topicArn: topic.arn,
        protocol: 'email',
        endpoint: email,
        dependsOn: [policy],
      });
    }
    this.arn = topic.arn;
  }
}

function maySend(sid: string, service: string, topicArn: string): PolicyStatement {
  return { sid, principal: { Service: service }, actions: ['sns:Publish'], resources: [topicArn] };
}
