package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"sigs.k8s.io/yaml"
)

// loadCompose reads compose.yaml as docker compose does; keys that it does not know are refused.
func loadCompose(ctx context.Context, o options) (*types.Project, error) {
	return loader.LoadWithContext(ctx, types.ConfigDetails{
		WorkingDir: o.tree, ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(o.tree, "compose.yaml")}},
		Environment: types.Mapping{"VERSION": o.stamp},
	}, func(l *loader.Options) { l.SetProjectName("onboarding", true) })
}

func checkCompose(ctx context.Context, o options, r *report) {
	project, err := loadCompose(ctx, o)
	r.add("compose.yaml loads", err)
	if err != nil {
		return
	}
	var errs []error
	for _, name := range []string{"migrate", "api", "worker"} {
		s, err := project.GetService(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs,
			want(s.Image == "alwrity-onboarding:"+o.stamp, "%s runs the image %s, not that of VERSION", name, s.Image),
			want(s.ReadOnly && slices.Contains(s.CapDrop, "ALL") && slices.Contains(s.SecurityOpt, "no-new-privileges:true"),
				"%s is not confined", name),
			want(name == "migrate" || graceOf(s) >= leastGrace, "%s is killed %s after SIGTERM", name, graceOf(s)))
	}
	for _, s := range project.Services {
		for _, v := range s.Volumes {
			if v.Type == types.VolumeTypeBind {
				_, err := os.Stat(v.Source)
				errs = append(errs, err)
			}
		}
		errs = append(errs, want(s.Image == "" || strings.Contains(s.Image, ":"), "%s has an image without a version", s.Name))
	}
	r.add("compose.yaml: versions, confined programs, files", errors.Join(errs...))
}

// walkCompose starts the services that are programs of ours, each after what it depends on.
func walkCompose(ctx context.Context, w *world) error {
	project, err := loadCompose(ctx, w.options)
	if err != nil {
		return err
	}
	database, err := project.GetService("postgres")
	if err != nil {
		return err
	}
	set := environment(database.Environment)
	if err := w.startDatabase(ctx, "postgres", login{
		name: set["POSTGRES_USER"], password: set["POSTGRES_PASSWORD"], database: set["POSTGRES_DB"], super: true,
	}); err != nil {
		return err
	}
	internet, err := w.openOutside(ctx, "")
	if err != nil {
		return err
	}
	c := composed{world: w, project: project, done: map[string]bool{"postgres": true}}
	for _, name := range []string{"api", "worker"} {
		if err := c.up(ctx, name); err != nil {
			return err
		}
	}
	api, _ := project.GetService("api")
	token, err := w.run(ctx, "token", c.cellOf(api, []string{"api", "token", "-user", walkedUser}))
	if err != nil {
		return err
	}
	metrics, err := c.scraped()
	if err != nil {
		return err
	}
	v := visit{token: token, targets: c.published(api), outside: internet, metrics: metrics}
	err = w.visit(ctx, v)
	if err == nil && w.users > 0 {
		err = c.size(ctx, api, set["POSTGRES_DB"], v)
	}
	return errors.Join(err, c.down())
}

// composed is a project that is being started.
type composed struct {
	*world
	project *types.Project
	done    map[string]bool
	started []started
}

type started struct {
	*process
	service types.ServiceConfig
}

// up starts a service after what it depends on, and waits until it is healthy or has ended as its dependants want.
func (c *composed) up(ctx context.Context, name string) error {
	if c.done[name] {
		return nil
	}
	c.done[name] = true
	service, err := c.project.GetService(name)
	if err != nil {
		return err
	}
	for other := range service.DependsOn {
		if err := c.up(ctx, other); err != nil {
			return err
		}
	}
	if service.Restart == "no" || service.Restart == "" {
		job := c.cellOf(service, service.Command)
		job.Address = c.newAddress(name) + "/16"
		_, err := c.run(ctx, name, job)
		return err
	}
	replicas := 1
	if service.Deploy != nil && service.Deploy.Replicas != nil {
		replicas = *service.Deploy.Replicas
	}
	for n := range replicas {
		one := c.cellOf(service, service.Command)
		one.Address = c.newAddress(name) + "/16"
		p, err := c.start(fmt.Sprintf("%s-%d", name, n+1), one)
		if err != nil {
			return err
		}
		c.started = append(c.started, started{p, service})
		if err := errors.Join(c.healthy(ctx, p, service.HealthCheck.Test), c.imageHealthy(ctx, p)); err != nil {
			return err
		}
	}
	return nil
}

// imageHealthy runs the health check of the image, for those who start it without compose.
func (c *composed) imageHealthy(ctx context.Context, p *process) error {
	one := p.beside(c.program.health...)
	one.Environ = slices.DeleteFunc(slices.Clone(one.Environ), func(set string) bool { return strings.HasPrefix(set, "METRICS_ADDR=") })
	_, err := c.run(ctx, p.name+"-image-health", one)
	return err
}

// healthy runs the health check of the service beside it.
func (w *world) healthy(ctx context.Context, p *process, test []string) error {
	if len(test) < 2 || test[0] != "CMD" {
		return fmt.Errorf("%s has no health check by a program", p.name)
	}
	return p.await(ctx, readyLimit, func() error {
		_, err := w.run(ctx, p.name+"-health", p.beside(test[1:]...))
		return err
	})
}

// cellOf returns what a container of the service would be.
func (c *composed) cellOf(s types.ServiceConfig, args []string) cell {
	data := ""
	for _, v := range s.Volumes {
		if v.Target == "/data" && v.Type == types.VolumeTypeVolume {
			data = c.volume(v.Source)
		}
	}
	return c.imageCell(environment(s.Environment), args, data)
}

// volume makes a named volume: an engine gives a new one the owner of the image's folder.
func (c *composed) volume(name string) string {
	folder := filepath.Join(c.folder, "volume-"+name)
	if err := os.Mkdir(folder, 0o755); err == nil { //nolint:gosec // as an engine does
		_ = os.Chown(folder, programUser, programUser)
	}
	return folder
}

// published returns the addresses of a service's published port.
func (c *composed) published(s types.ServiceConfig) (urls []string) {
	for _, address := range c.hosts[s.Name] {
		urls = append(urls, fmt.Sprintf("http://%s:%d", address, s.Ports[0].Target))
	}
	return urls
}

// scraped returns the addresses that the configuration of Prometheus finds by the services' names.
func (c *composed) scraped() (urls []string, err error) {
	content, err := os.ReadFile(filepath.Join(c.tree, "deploy/compose/prometheus.yml"))
	if err != nil {
		return nil, err
	}
	var configuration struct {
		Jobs []struct {
			DNS []struct {
				Names []string `json:"names"`
				Port  int      `json:"port"`
			} `json:"dns_sd_configs"`
		} `json:"scrape_configs"`
	}
	err = yaml.Unmarshal(content, &configuration)
	for _, job := range configuration.Jobs {
		for _, found := range job.DNS {
			for _, name := range found.Names {
				for _, address := range c.hosts[name] {
					urls = append(urls, fmt.Sprintf("http://%s:%d", address, found.Port))
				}
			}
		}
	}
	return urls, err
}

// down stops everything within the time that compose gives it.
func (c *composed) down() error {
	var errs []error
	for _, s := range slices.Backward(c.started) {
		errs = append(errs, s.stop(graceOf(s.service)))
	}
	return errors.Join(errs...)
}

func graceOf(s types.ServiceConfig) time.Duration {
	if s.StopGracePeriod == nil {
		return 10 * time.Second // of an engine that is told none
	}
	return time.Duration(*s.StopGracePeriod)
}

func environment(from types.MappingWithEquals) map[string]string {
	set := map[string]string{}
	for name, value := range from {
		if value != nil {
			set[name] = *value
		}
	}
	return set
}
