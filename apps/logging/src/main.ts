import { runMain, startService } from '@tidegate/bootstrap';
import { loggingService } from './app.module';
import { loadLoggingConfig } from './logging.config';

void runMain(() => startService(loggingService(loadLoggingConfig())));
