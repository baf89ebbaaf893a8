package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

// checkQuery has promtool read the expression of the chart's ScaledObject; its metric is one that is documented.
func checkQuery(ctx context.Context, o options) error {
	objects, err := render(o, "full-values.yaml")
	if err != nil {
		return err
	}
	var scaled struct {
		Spec struct {
			Triggers []struct {
				Metadata struct {
					Query string `json:"query"`
				} `json:"metadata"`
			} `json:"triggers"`
		} `json:"spec"`
	}
	for _, one := range objects {
		if one.kind == "ScaledObject" {
			err = yaml.Unmarshal(one.raw, &scaled)
		}
	}
	if err != nil || len(scaled.Spec.Triggers) != 1 {
		return errors.Join(err, errors.New("there is no ScaledObject with one trigger"))
	}
	query := scaled.Spec.Triggers[0].Metadata.Query
	metric := regexp.MustCompile(`onboarding_\w+`).FindString(query)
	documented, err := os.ReadFile(filepath.Join(o.tree, "docs", "metrics.md"))
	if err != nil {
		return err
	}
	if !regexp.MustCompile(`(?m)^` + metric + `(\{|$)`).Match(documented) {
		return fmt.Errorf("there is no metric %q", metric)
	}
	rules, err := yaml.Marshal(map[string]any{"groups": []any{map[string]any{"name": "keda", "rules": []any{
		map[string]string{"record": "onboarding:scaled", "expr": query},
	}}}})
	if err != nil {
		return err
	}
	path := filepath.Join(os.TempDir(), fmt.Sprintf("keda-%d.yaml", os.Getpid()))
	defer os.Remove(path)
	if err := os.WriteFile(path, rules, 0o600); err != nil {
		return err
	}
	return tool(ctx, "", "promtool", "check", "rules", path)
}

// checkInhibitions makes sure that each alert that Alertmanager's example names is one of ours.
func checkInhibitions(o options) error {
	var config struct {
		Rules []struct {
			Source []string `json:"source_matchers"`
			Target []string `json:"target_matchers"`
		} `json:"inhibit_rules"`
	}
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert string `json:"alert"`
			} `json:"rules"`
		} `json:"groups"`
	}
	if err := errors.Join(readYAML(filepath.Join(o.tree, "deploy/alertmanager/alertmanager.yml"), &config),
		readYAML(filepath.Join(o.tree, "dashboards/alerts.yaml"), &rules)); err != nil {
		return err
	}
	known := func(pattern string) bool {
		whole, err := regexp.Compile("^(?:" + pattern + ")$")
		for _, group := range rules.Groups {
			for _, rule := range group.Rules {
				if err == nil && rule.Alert != "" && whole.MatchString(rule.Alert) {
					return true
				}
			}
		}
		return false
	}
	var errs []error
	for _, rule := range config.Rules {
		for _, matcher := range append(rule.Source, rule.Target...) {
			_, value, _ := strings.Cut(matcher, `"`)
			for pattern := range strings.SplitSeq(strings.TrimSuffix(value, `"`), "|") {
				errs = append(errs, want(known(pattern), "no alert is named %s", pattern))
			}
		}
	}
	return errors.Join(append(errs, want(len(config.Rules) > 0, "nothing is inhibited"))...)
}

func readYAML(path string, into any) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return yaml.Unmarshal(content, into)
}
