/** What users write must compile, in the present API of CDK and in the older one. */

import { App, Validations } from 'aws-cdk-lib';
import type { IPolicyValidationPlugin, IPolicyValidationPluginBeta1 } from 'aws-cdk-lib';
import { AppSyncGuard } from '../src';

export const plugin: IPolicyValidationPlugin = new AppSyncGuard();
export const beta: IPolicyValidationPluginBeta1 = new AppSyncGuard({ failOn: 'warning' });

const app = new App({ policyValidationBeta1: [beta] });
Validations.of(app).addPlugins(
  new AppSyncGuard({
    select: ['iam'],
    parameters: { Stage: 'prod' },
    schemas: { Orders: 'schema.graphql' },
    timeout: 30,
  }),
);

// @ts-expect-error a misspelled option is an error
new AppSyncGuard({ failon: 'error' });
