import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Installation } from '../installation';
import { nameOf, readService, readServices } from '../services/read-services';
import { readTasks } from '../services/read-tasks';
import { observeService } from '../services/service-observation';
import { serviceStatus, type ServiceStatus } from './service-status';

/** Reads how services are, again and again. */
export class StatusReader {
  private readonly clients;

  constructor(private readonly installation: Installation) {
    const { region } = installation;
    this.clients = {
      ecs: new ECSClient({ region }),
      ecr: new ECRClient({ region }),
      loadBalancing: new ElasticLoadBalancingV2Client({ region }),
    };
  }

  /** @param name of one service; default: all of them */
  async read(name?: string): Promise<readonly ServiceStatus[]> {
    const { clients, installation } = this;
    const services =
      name === undefined
        ? await readServices(clients.ecs, installation)
        : [await readService(clients.ecs, installation, name)];
    return Promise.all(
      services.map(async (service) => {
        const [observation, stoppedTasks] = await Promise.all([
          observeService(clients, installation.prefix, service),
          readTasks(clients.ecs, installation.prefix, nameOf(service), 'STOPPED'),
        ]);
        return serviceStatus(observation, stoppedTasks);
      }),
    );
  }
}
