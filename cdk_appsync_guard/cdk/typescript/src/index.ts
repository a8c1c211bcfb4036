/** The guard inside a CDK app in TypeScript or JavaScript. */

export { AppSyncGuard } from './guard';
export type { PluginContext, PluginReport } from './guard';
export type { AppSyncGuardOptions, FailOn } from './options';
export type { Violation, ViolatingResource } from './violations';
