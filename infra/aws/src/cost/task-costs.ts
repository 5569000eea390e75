import type { Environment } from '../environments';
import { SERVICES } from '../services';
import { sizeOf, type ServiceDefinition } from '../services/service-definition';
import { allMonth, type CostLine } from './cost-line';
import { workedOut, type Price } from './price';
import { PRICES, SPOT_SHARE_OF_ON_DEMAND } from './prices';

/** How many tasks the services have the whole month: their least number, or all that autoscaling may add. */
export type Scale = 'least' | 'most';

/** Fargate: processors and memory that are reserved, used or not. The set-up task runs for minutes: cents. */
export function taskCosts(environment: Environment, scale: Scale): CostLine[] {
  const { vcpu, memory } = taskPrices(environment);
  return SERVICES.flatMap((service) => {
    const size = sizeOf(service, environment);
    const count = countOf(service, environment, scale);
    const base = { group: 'Tasks', pays: ['aws_ecs_service'] } as const;
    const what = `${service.name}: ${count} × ${size.cpu}/${size.memoryMib}`;
    return [
      allMonth({ ...base, what: `${what}, vCPU`, quantity: (count * size.cpu) / 1024, price: vcpu }),
      allMonth({
        ...base,
        what: `${what}, memory`,
        quantity: (count * size.memoryMib) / 1024,
        price: memory,
      }),
    ];
  });
}

/** Tasks of the services; each has a public address where there is no NAT. */
export function taskCount(environment: Environment, scale: Scale): number {
  return SERVICES.reduce((total, service) => total + countOf(service, environment, scale), 0);
}

function countOf(service: ServiceDefinition, environment: Environment, scale: Scale): number {
  const { minCount, maxCount } = sizeOf(service, environment);
  return scale === 'most' && service.isAutoscaled !== false ? maxCount : minCount;
}

function taskPrices({ tasks }: Environment): { vcpu: Price; memory: Price } {
  const isArm = tasks.architecture === 'ARM64';
  const vcpu = isArm ? PRICES.vcpuArm : PRICES.vcpuX86;
  const memory = isArm ? PRICES.memoryArm : PRICES.memoryX86;
  return tasks.capacity === 'FARGATE' ? { vcpu, memory } : { vcpu: spot(vcpu), memory: spot(memory) };
}

function spot({ usd, per }: Price): Price {
  return workedOut(usd * SPOT_SHARE_OF_ON_DEMAND, per, `${SPOT_SHARE_OF_ON_DEMAND * 100} % of on demand`);
}
