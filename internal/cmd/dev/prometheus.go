package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/cmd/child"
	"github.com/alwrity/onboarding/internal/walk"
)

// dashboardFolder is below the top of the repository.
const dashboardFolder = "dashboards"

// prometheusServer is a running Prometheus with the configuration of the dashboards.
type prometheusServer struct {
	url  string
	stop func()
}

var prometheusClient = &http.Client{Timeout: 10 * time.Second}

// startPrometheus starts a Prometheus that scrapes these addresses, by job, every second,
// and waits until it answers at address, or at a free one where that is taken.
func startPrometheus(
	ctx context.Context, folder, address string, targets map[string][]string,
) (*prometheusServer, error) {
	program, err := exec.LookPath("prometheus")
	if err != nil {
		return nil, errors.New("there is no prometheus on this machine: install it (Debian: apt-get install prometheus)")
	}
	config, err := prometheusConfig(targets)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, "prometheus.yml")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		return nil, fmt.Errorf("write the configuration of prometheus: %w", err)
	}
	if address, err = child.FreeAddress(ctx, address); err != nil {
		return nil, err
	}
	server, err := child.Start("prometheus", program, []string{
		"--config.file=" + path, "--storage.tsdb.path=" + filepath.Join(folder, "prometheus"),
		"--web.listen-address=" + address, "--log.level=warn",
	}, os.Environ(), filepath.Join(folder, "prometheus.log"))
	if err != nil {
		return nil, err
	}
	url := "http://" + address
	if err := child.AwaitOK(ctx, readyWait, "prometheus was", url+"/-/ready"); err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	return &prometheusServer{url: url, stop: func() { _ = server.Stop() }}, nil
}

// prometheusConfig has the rules and jobs of the configuration of the dashboards, as JSON,
// which is YAML. It scrapes as often as a check needs.
func prometheusConfig(targets map[string][]string) ([]byte, error) {
	rules, err := filepath.Abs(filepath.Join(dashboardFolder, "alerts.yaml"))
	if err != nil {
		return nil, fmt.Errorf("find the rules: %w", err)
	}
	type object = map[string]any
	jobs := []object{}
	for job, addresses := range targets {
		jobs = append(jobs, object{"job_name": job, "static_configs": []object{{"targets": addresses}}})
	}
	return json.Marshal(object{
		"global":     object{"scrape_interval": "1s", "evaluation_interval": "1s"},
		"rule_files": []string{rules}, "scrape_configs": jobs,
	})
}

// ask calls the HTTP API and decodes the data of its answer.
func (p *prometheusServer) ask(ctx context.Context, path string, values url.Values, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/api/v1/"+path+"?"+values.Encode(), http.NoBody)
	if err != nil {
		return fmt.Errorf("ask prometheus: %w", err)
	}
	response, err := prometheusClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask prometheus: %w", err)
	}
	answer := struct {
		Status, Error string
		Data          any
	}{Data: into}
	err = json.NewDecoder(response.Body).Decode(&answer)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return fmt.Errorf("read the answer of prometheus: %w", err)
	}
	if answer.Status != "success" {
		return errors.New(answer.Error)
	}
	return nil
}

// query has the server evaluate an expression of a panel.
func (p *prometheusServer) query(ctx context.Context, expr string) error {
	expr = strings.NewReplacer("$__rate_interval", "1m", "$__range", "5m").Replace(expr)
	var result json.RawMessage
	return p.ask(ctx, "query", url.Values{"query": {expr}}, &result)
}

// ruleState is a rule as the server has loaded it.
type ruleState struct {
	Name, Query, Type, LastError string
}

func (p *prometheusServer) rules(ctx context.Context) ([]ruleState, error) {
	var loaded struct {
		Groups []struct{ Rules []ruleState }
	}
	if err := p.ask(ctx, "rules", nil, &loaded); err != nil {
		return nil, err
	}
	var all []ruleState
	for _, group := range loaded.Groups {
		all = append(all, group.Rules...)
	}
	return all, nil
}

// awaitSeries waits for series that match each of the selectors and returns those
// selectors that none matches.
func (p *prometheusServer) awaitSeries(ctx context.Context, selectors []string) (missing []string, err error) {
	missing = selectors
	for deadline := time.Now().Add(opsWait); len(missing) > 0 && time.Now().Before(deadline); {
		var still []string
		for _, selector := range missing {
			var series []json.RawMessage
			if err := p.ask(ctx, "series", url.Values{"match[]": {selector}}, &series); err != nil {
				return nil, fmt.Errorf("look for %s: %w", selector, err)
			}
			if len(series) == 0 {
				still = append(still, selector)
			}
		}
		if missing = still; len(missing) > 0 {
			if err := walk.Wait(ctx, pollPause); err != nil {
				return nil, err
			}
		}
	}
	return missing, nil
}
