package admin

import (
	"context"

	"github.com/alwrity/onboarding/internal/alert"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// AlertsBody is what fires now.
type AlertsBody struct {
	Source  string        `json:"source" enum:"prometheus,database" example:"prometheus"`
	Problem *string       `json:"problem" example:"Prometheus does not answer." doc:"Why Prometheus, which is set, is not the source; null otherwise."`
	Known   []string      `json:"known" doc:"The alerts that the database can tell, if it is the source."`
	Grafana *string       `json:"grafana_url" example:"https://grafana.example"`
	Alerts  []alert.Alert `json:"alerts"`
}

func (h *Handlers) alerts(ctx context.Context, _ *struct{}) (*edge.Output[AlertsBody], error) {
	body := AlertsBody{Source: "prometheus", Known: []string{}, Grafana: edge.OrNil(h.cfg.Grafana)}
	if h.cfg.Prometheus != nil {
		found, err := h.cfg.Prometheus.Active(ctx)
		if err == nil {
			body.Alerts = found
			return edge.OK(body), nil
		}
		h.edge.Log.WarnContext(ctx, "alerts not read", "error", err)
		body.Problem = new("Prometheus does not answer; these are the alerts that the database can tell.")
	}
	found, err := alert.Database{Queries: system.New(h.cfg.Pool)}.Active(ctx)
	body.Source, body.Known, body.Alerts = "database", alert.Names(), found
	return edge.OK(body), err
}
