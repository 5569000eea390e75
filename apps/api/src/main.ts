import { runMain } from '@tidegate/bootstrap';
import { loadApiConfig } from './api.config';
import { startApi } from './start-api';

void runMain(() => startApi(loadApiConfig()));
