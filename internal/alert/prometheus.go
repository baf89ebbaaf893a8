package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	// prometheusTimeout bounds the question, so that a Prometheus that hangs delays no page.
	prometheusTimeout = 2 * time.Second
	// largestAnswer bounds what is read of an answer.
	largestAnswer = 4 << 20
)

// Prometheus reads the alerts of a Prometheus.
type Prometheus struct {
	client  http.Client
	address string
}

// NewPrometheus returns the Prometheus at an address, such as http://prometheus:9090.
func NewPrometheus(address string) (*Prometheus, error) {
	at, err := url.JoinPath(address, "api/v1/alerts")
	if err != nil {
		return nil, fmt.Errorf("address of Prometheus: %w", err)
	}
	return &Prometheus{client: http.Client{Timeout: prometheusTimeout}, address: at}, nil
}

// answer is what Prometheus answers.
type answer struct {
	Status string `json:"status"`
	Data   struct {
		Alerts []struct {
			Labels      map[string]string `json:"labels"`
			Annotations map[string]string `json:"annotations"`
			State       string            `json:"state"`
			ActiveAt    *time.Time        `json:"activeAt"`
		} `json:"alerts"`
	} `json:"data"`
}

// Active returns the alerts that fire or are pending.
func (p *Prometheus) Active(ctx context.Context) ([]Alert, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("ask Prometheus: %w", err)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask Prometheus: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	var got answer
	if err := json.NewDecoder(io.LimitReader(response.Body, largestAnswer)).Decode(&got); err != nil {
		return nil, fmt.Errorf("read the answer of Prometheus: %w", err)
	}
	if response.StatusCode != http.StatusOK || got.Status != "success" {
		return nil, fmt.Errorf("ask Prometheus: it answers %d", response.StatusCode)
	}
	alerts := []Alert{}
	for _, one := range got.Data.Alerts {
		alert := Alert{
			Name: one.Labels["alertname"], Severity: one.Labels["severity"], State: one.State,
			Summary: one.Annotations["summary"], About: one.Annotations["description"],
			Labels: map[string]string{}, Since: one.ActiveAt,
		}
		for name, value := range one.Labels {
			if name != "alertname" && name != "severity" {
				alert.Labels[name] = value
			}
		}
		if runbook := one.Annotations["runbook_url"]; runbook != "" {
			alert.Runbook = &runbook
		}
		alerts = append(alerts, alert)
	}
	return order(alerts), nil
}
