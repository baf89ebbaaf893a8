package postgres

import (
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// poolCollector reads the state of a pool whenever metrics are scraped.
type poolCollector struct {
	pool                                                    *pgxpool.Pool
	connections, max, acquires, waits, waitTimes, abandoned *prometheus.Desc
}

// newPoolCollector returns the metrics of one pool, with its name as a label.
func newPoolCollector(pool *pgxpool.Pool, name string) *poolCollector {
	desc := func(metric, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("onboarding_database_pool_"+metric, help, labels, prometheus.Labels{"pool": name})
	}
	return &poolCollector{
		pool:        pool,
		connections: desc("connections", "Connections of the pool by state.", "state"),
		max:         desc("max_connections", "Most connections that the pool may open."),
		acquires:    desc("acquires_total", "Times that a connection was taken from the pool."),
		abandoned:   desc("abandoned_waits_total", "Times that a caller gave up waiting for a connection."),
		waits:       desc("waits_total", "Times that a caller had to wait for a connection."),
		waitTimes:   desc("wait_seconds_total", "Time that callers waited for connections."),
	}
}

// Describe implements prometheus.Collector.
func (c *poolCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{c.connections, c.max, c.acquires, c.waits, c.waitTimes, c.abandoned} {
		ch <- desc
	}
}

// Collect implements prometheus.Collector.
func (c *poolCollector) Collect(ch chan<- prometheus.Metric) {
	stat := c.pool.Stat()
	gauge := func(desc *prometheus.Desc, value int32, labels ...string) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(value), labels...)
	}
	gauge(c.connections, stat.AcquiredConns(), "used")
	gauge(c.connections, stat.IdleConns(), "idle")
	gauge(c.connections, stat.ConstructingConns(), "connecting")
	gauge(c.max, stat.MaxConns())
	counter := func(desc *prometheus.Desc, value float64) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, value)
	}
	counter(c.acquires, float64(stat.AcquireCount()))
	counter(c.waits, float64(stat.EmptyAcquireCount()))
	counter(c.waitTimes, stat.EmptyAcquireWaitTime().Seconds())
	counter(c.abandoned, float64(stat.CanceledAcquireCount()))
}
