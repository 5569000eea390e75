import { api } from './api';
import { inference } from './inference';
import { logging } from './logging';
import { mlflow } from './mlflow';
import type { ServiceDefinition } from './service-definition';

/** What runs on the cluster. A fourth app is one more object in this list. */
export const SERVICES: readonly ServiceDefinition[] = [api, inference, logging, mlflow];
