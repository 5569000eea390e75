export type { Clock, Timer } from './clock';
export { sleep } from './sleep';
export { systemClock } from './system-clock';
