// Package dashboards holds the Grafana dashboard of the system, onboarding.json.
// It holds no code: its test keeps the dashboard and the metrics of the code in
// step.
package dashboards
