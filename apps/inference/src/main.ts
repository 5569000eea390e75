import { runMain } from '@tidegate/bootstrap';
import { loadInferenceConfig } from './inference.config';
import { startInference } from './start-inference';

void runMain(() => startInference(loadInferenceConfig()));
