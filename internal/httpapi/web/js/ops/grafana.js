// Where Grafana shows what an alert is about: a dashboard and one of its panels.

const panels = {
  APIAbsent: ["onboarding", 14], AnalysesBurn: ["onboarding", 3], BulkQueueOld: ["onboarding-queue", 3], ConnectionsNearLimit: ["onboarding-database", 4],
  DeadRows: ["onboarding-database", 10], DoctorStalled: ["onboarding-queue", 19], IndexesInvalid: ["onboarding-database", 18], JobsDead: ["onboarding-queue", 23],
  JobsWithoutSuccess: ["onboarding-queue", 9], ListenDown: ["onboarding", 22], PartitionsLow: ["onboarding-database", 17], PoolExhausted: ["onboarding-database", 2],
  ProviderDown: ["onboarding-upstreams", 13], ProviderRateLimited: ["onboarding-upstreams", 14], ProviderRefusingKeys: ["onboarding-upstreams", 15],
  QueueOld: ["onboarding-queue", 3], SchemaBehind: ["onboarding-database", 16], SessionsRepaired: ["onboarding-queue", 19], StartsBurn: ["onboarding", 4],
  StepsFailing: ["onboarding-funnel", 16], SubmissionsBurn: ["onboarding", 2], TokenKeysUnreachable: ["onboarding", 17], TransactionOld: ["onboarding-database", 9],
  VersionsMixed: ["onboarding", 25], WatcherAbsent: ["onboarding-queue", 21], WebhooksLate: ["onboarding-upstreams", 22], WebhooksUntold: ["onboarding-upstreams", 21],
  WorkerAbsent: ["onboarding-queue", 7], WorkersLost: ["onboarding-queue", 17],
};

/** panelOf returns the address of an alert's panel in the Grafana at an address. */
export function panelOf(grafana, alert) {
  const [dashboard, panel] = panels[alert.replace(/(Fast|Slow)$/, "")] ?? ["onboarding", null];
  return `${grafana.replace(/\/$/, "")}/d/${dashboard}${panel === null ? "" : `?viewPanel=${panel}`}`;
}
