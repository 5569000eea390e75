import type { Dashboard } from './dashboard';
import { discoveryDashboard } from './discovery.dashboard';
import { fleetDashboard } from './fleet.dashboard';
import { gatewayDashboard } from './gateway.dashboard';
import { inferenceDashboard } from './inference.dashboard';
import { predictionLogDashboard } from './prediction-log.dashboard';

export const dashboards: readonly Dashboard[] = [
  fleetDashboard,
  gatewayDashboard,
  inferenceDashboard,
  predictionLogDashboard,
  discoveryDashboard,
];
