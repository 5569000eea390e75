import { LbListenerRule } from '@cdktf/provider-aws/lib/lb-listener-rule';
import { Construct } from 'constructs';

export interface PathRouteProps {
  readonly listenerArn: string;
  readonly targetGroupArn: string;
  /** `/api/*`; five at most. */
  readonly paths: readonly string[];
  /** The lowest wins where paths overlap. */
  readonly priority: number;
}

/** Sends what asks for some paths to a target group. */
export class PathRoute extends Construct {
  readonly rule: LbListenerRule;

  constructor(scope: Construct, id: string, props: PathRouteProps) {
    super(scope, id);
    this.rule = new LbListenerRule(this, 'rule', {
      listenerArn: props.listenerArn,
      priority: props.priority,
      condition: [{ pathPattern: { values: [...props.paths] } }],
      action: [{ type: 'forward', targetGroupArn: props.targetGroupArn }],
    });
  }
}
