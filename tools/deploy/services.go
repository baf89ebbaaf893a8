package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rhysd/actionlint"
)

// checkProxy has nginx read the block for one machine.
func checkProxy(ctx context.Context, o options, r *report) {
	folder, err := os.MkdirTemp("", "nginx-")
	if err != nil {
		r.add("nginx -t", err)
		return
	}
	defer os.RemoveAll(folder)
	configuration, err := proxyConfiguration(o, folder)
	if err == nil {
		err = tool(ctx, "", "nginx", "-t", "-p", folder, "-c", configuration)
	}
	r.add("nginx -t deploy/nginx/onboarding.conf", err)
}

// proxyConfiguration writes a configuration around the block; its files stay in the folder.
func proxyConfiguration(o options, folder string) (string, error) {
	path := filepath.Join(folder, "nginx.conf")
	text := fmt.Sprintf(`pid %[1]s/pid;
error_log %[1]s/error.log warn;
events {}
http {
    access_log %[1]s/access.log;
    client_body_temp_path %[1]s/body;
    proxy_temp_path %[1]s/proxy;
    fastcgi_temp_path %[1]s/fastcgi;
    uwsgi_temp_path %[1]s/uwsgi;
    scgi_temp_path %[1]s/scgi;
    include %[2]s;
}
`, folder, filepath.Join(o.tree, "deploy", "nginx", "onboarding.conf"))
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// checkMonitoring has Prometheus and Alertmanager read what they are given.
func checkMonitoring(ctx context.Context, o options, r *report) {
	dashboards := filepath.Join(o.tree, "dashboards")
	r.add("promtool check rules", tool(ctx, dashboards, "promtool", "check", "rules", "alerts.yaml"))
	r.add("promtool check config dashboards/prometheus.yml", tool(ctx, dashboards, "promtool", "check", "config", "prometheus.yml"))
	r.add("promtool check config of compose.yaml", checkComposePrometheus(ctx, o))
	r.add("the query that scales the workers", checkQuery(ctx, o))
	r.add("alerts that Alertmanager names", checkInhibitions(o))
	r.add("amtool check-config", tool(ctx, "", "amtool", "check-config", filepath.Join(o.tree, "deploy/alertmanager/alertmanager.yml")))
}

// checkComposePrometheus lays the mounted files where the container has them.
func checkComposePrometheus(ctx context.Context, o options) error {
	project, err := loadCompose(ctx, o)
	if err != nil {
		return err
	}
	service, err := project.GetService("prometheus")
	if err != nil {
		return err
	}
	root, err := os.MkdirTemp("", "prometheus-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(root)
	for _, v := range service.Volumes {
		content, err := os.ReadFile(v.Source)
		if err != nil {
			return err
		}
		to := filepath.Join(root, v.Target)
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, content, 0o600)); err != nil {
			return err
		}
	}
	return tool(ctx, root, "promtool", "check", "config", "etc/prometheus/prometheus.yml")
}

// checkWorkflows lints the workflows of GitHub.
func checkWorkflows(_ context.Context, o options, r *report) {
	paths, _ := filepath.Glob(filepath.Join(o.tree, ".github", "workflows", "*.yml"))
	r.workflows = len(paths)
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err == nil {
		var found []*actionlint.Error
		found, err = linter.LintFiles(paths, nil)
		for _, one := range found {
			err = errors.Join(err, one)
		}
	}
	r.add(fmt.Sprintf("actionlint: %d workflows", len(paths)), err)
}
