package postgres

import (
	"strings"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"
)

// newTracer makes a span of each statement that runs within a trace, under the name
// that it has in queries: neither the statement nor its arguments are part of it.
func newTracer(provider trace.TracerProvider) pgx.QueryTracer {
	return otelpgx.NewTracer(
		otelpgx.WithTracerProvider(provider), otelpgx.WithMeterProvider(metricnoop.NewMeterProvider()),
		otelpgx.WithSpanNameFunc(statementName), otelpgx.WithDisableSQLStatementInAttributes(),
		otelpgx.WithDisableConnectionDetailsInAttributes(),
	)
}

// statementName returns the name that sqlc, or River, gives a statement in its first
// line, for others the first word: BEGIN, COMMIT.
func statementName(sql string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(sql), "\n")
	if name, ok := strings.CutPrefix(first, "-- name: "); ok {
		name, _, _ = strings.Cut(name, " ")
		return name
	}
	word, _, _ := strings.Cut(first, " ")
	return strings.ToUpper(strings.TrimRight(word, ";"))
}
