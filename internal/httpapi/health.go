package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/ops"
)

// HealthBody says that the process responds.
type HealthBody struct {
	Status string `json:"status" enum:"ok" doc:"Always ok."`
}

type readyOutput struct {
	Status       int
	CacheControl string `header:"Cache-Control"`
	Body         ops.Report
}

func (s *Server) registerHealth() {
	edge.Register(s.edge, "GET "+edge.PathHealth, "getHealth", "operations", "Whether the process runs", func(
		context.Context, *struct{},
	) (*edge.Unstored[HealthBody], error) {
		return edge.OKUnstored(HealthBody{Status: "ok"}), nil
	}, edge.Public,
		edge.About("It asks nothing of the database: a process that answers is alive. For liveness probes."))
	edge.Register(s.edge, "GET "+
		edge.PathReady, "getReadiness", "operations", "Whether the process can serve requests", func(
		ctx context.Context, _ *struct{},
	) (*readyOutput, error) {
		out := &readyOutput{Status: http.StatusOK, CacheControl: edge.NoStore, Body: s.cfg.Health.Report(ctx)}
		if !out.Body.Ready() {
			out.Status = http.StatusServiceUnavailable
		}
		return out, nil
	},
		edge.Public,
		edge.About("503, with the same body, when something that is needed is missing or the process is about to stop."))
	// The 503 of readiness is the report, not a problem.
	responses := s.edge.API.OpenAPI().Paths[edge.PathReady].Get.Responses
	responses["503"] = &huma.Response{Description: "Not ready", Content: responses["200"].Content}
}
