export { NetworkError, Networks } from './networks';
