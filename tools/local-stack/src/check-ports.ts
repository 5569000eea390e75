import { requireFreePort } from '@tidegate/local-parts';
import { portOption, type StackOptions } from './options';
import { SERVICE_NAMES, SERVICE_TITLES, type ServiceName } from './service-names';

/**
 * Finds a busy port before anything is started.
 *
 * @throws LocalPartError `PORT_IN_USE` that names the option
 */
export async function checkPorts(options: StackOptions, hasOwnPostgres: boolean): Promise<void> {
  const isOurs = (service: ServiceName): boolean =>
    !options.except.some((app) => app === service) && (service !== 'postgres' || hasOwnPostgres);
  for (const service of SERVICE_NAMES.filter(isOurs)) {
    await requireFreePort(options.ports[service], SERVICE_TITLES[service], portOption(service));
  }
}
