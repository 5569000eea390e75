import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { ApiConfig } from '../api.config';
import { Authenticator } from '../keys/authenticator';
import { Access } from './access';
import { ClientAddresses } from './client-addresses';

/** Who may send requests, and how many. */
@Global()
@Module({})
export class AccessModule {
  static register(_config: ApiConfig): DynamicModule {
    return {
      module: AccessModule,
      providers: [
        { provide: ClientAddresses, useFactory: () => new ClientAddresses() },
        {
          provide: Access,
          useFactory: (authenticator: Authenticator, clients: ClientAddresses) =>
            new Access(authenticator, clients),
          inject: [Authenticator, ClientAddresses],
        },
      ],
      exports: [Access, ClientAddresses],
    };
  }
}
