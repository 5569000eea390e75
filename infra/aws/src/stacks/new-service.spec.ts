import { admitted } from '../../test/admitted';
import { synthesizeServices, type Resource, type SynthesizedStack } from '../../test/synthesized-stack';
import { dev as devInput } from '../environments/dev';
import { SERVICES } from '../services';
import type { ServiceDefinition } from '../services/service-definition';

const dev = synthesizeServices(devInput);

describe('a fourth app', () => {
  const reports: ServiceDefinition = {
    name: 'reports',
    port: 8002,
    size: { cpu: 256, memoryMib: 512, minCount: 1, maxCount: 3 },
    healthCommand: ['CMD', 'node', '/app/health-check.js', '8002', '/live'],
    publicRoutes: { paths: ['/reports/*'], healthPath: '/ready' },
    calledBy: ['api'],
    databaseConnectionsPerTask: 2,
    settings: () => ({ METRICS_EMF_NAMESPACE: 'Tidegate/tidegate-dev' }),
    secrets: { INTERNAL_TOKEN: { secret: 'internal', field: 'token' } },
  };
  const withReports = synthesizeServices(devInput, [...SERVICES, reports]);
  const section = (stack: SynthesizedStack, name: string) => stack.json[name] ?? {};

  it('is one object: task, service, roles, log, name, target, alarms and autoscaling follow from it', () => {
    const added: Record<string, number> = {};
    for (const [type, resources] of Object.entries(section(withReports, 'resource'))) {
      const count = Object.keys(resources as object).filter((id) => !(id in dev.resources(type))).length;
      if (count > 0) added[type] = count;
    }
    expect(added).toEqual({
      aws_appautoscaling_policy: 2,
      aws_appautoscaling_target: 1,
      aws_cloudwatch_log_group: 1,
      aws_cloudwatch_metric_alarm: 8,
      aws_ecs_service: 1,
      aws_ecs_task_definition: 1,
      aws_iam_role: 2,
      aws_iam_role_policy: 1,
      aws_lb_listener_rule: 1,
      aws_lb_target_group: 1,
      aws_security_group: 1,
      aws_service_discovery_service: 1,
      aws_vpc_security_group_egress_rule: 4,
      aws_vpc_security_group_ingress_rule: 3,
    });
    expect(Object.keys(section(withReports, 'variable'))).toContain('reports_desired_count');
  });

  it('changes nothing of the others but what shows all of them', () => {
    const changed = Object.entries(section(dev, 'resource')).flatMap(([type, resources]) =>
      Object.entries(resources as Record<string, Resource>)
        .filter(
          ([id, resource]) => JSON.stringify(resource) !== JSON.stringify(withReports.resources(type)[id]),
        )
        .map(([id]) => id),
    );
    expect(changed).toEqual([expect.stringMatching(/^dashboard_/)]);
  });

  it('may be called by whom it names and may call what it uses', () => {
    const news = admitted(withReports).filter((rule) => rule.includes('reports'));
    expect(news).toEqual([
      'api -> reports :8002',
      'load-balancer -> reports :8002',
      'reports -> database :5432',
    ]);
  });
});
