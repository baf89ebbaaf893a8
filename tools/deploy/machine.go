package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// walkSystemd starts the units on one machine behind the proxy: the migration, the API and two workers.
func walkSystemd(ctx context.Context, w *world) error {
	m := machine{world: w, files: map[string]string{}}
	if err := m.install(ctx); err != nil {
		return err
	}
	settings, err := environmentFile(m.files["/etc/onboarding/environment"])
	if err != nil {
		return err
	}
	owner, err := environmentFile(m.files["/etc/onboarding/owner.environment"])
	if err != nil {
		return err
	}
	if err := w.startProduction(ctx, settings["DATABASE_URL"], owner["MIGRATE_DATABASE_URL"]); err != nil {
		return err
	}
	internet, err := w.openOutside(ctx, settings["AUTH_ISSUER"])
	if err != nil {
		return err
	}
	if err := m.makeRing(ctx); err != nil {
		return err
	}
	for _, name := range []string{"onboarding-migrate", "onboarding-api", "onboarding-worker@1", "onboarding-worker@2"} {
		if err := m.startUnit(ctx, name); err != nil {
			return err
		}
	}
	token, err := internet.token(settings["AUTH_ISSUER"], settings["AUTH_AUTHORIZED_PARTIES"])
	if err != nil {
		return err
	}
	v := visit{token: token, targets: []string{"http://127.0.0.1"}, host: "app.example.com", outside: internet, metrics: m.metrics}
	if err := m.proxy(ctx, v.host); err != nil {
		return err
	}
	return errors.Join(w.visit(ctx, v), m.down())
}

// machine runs units.
type machine struct {
	*world
	files   map[string]string // by path in the root, where they are
	started []service
	metrics []string
}

type service struct {
	*process
	grace time.Duration
}

// install puts the examples of the settings where the units read them.
func (m *machine) install(context.Context) error {
	for name, example := range map[string]string{"environment": "environment.example", "owner.environment": "owner.environment.example"} {
		content, err := os.ReadFile(filepath.Join(unitFolder(m.options), example))
		if err != nil {
			return err
		}
		path := filepath.Join(m.folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return err
		}
		m.files["/etc/onboarding/"+name] = path
	}
	return nil
}

// makeRing runs `worker keys create` as the units' comments say.
func (m *machine) makeRing(ctx context.Context) error {
	folder := filepath.Join(m.folder, "ring")
	if err := errors.Join(os.Mkdir(folder, 0o700), os.Chown(folder, programUser, programUser)); err != nil {
		return err
	}
	c := m.cell(nil, []string{"/usr/local/bin/worker", "keys", "create", "/ring/keyring.json"})
	c.Mounts = append(c.Mounts, mount{From: folder, To: "/ring", Writable: true})
	_, err := m.run(ctx, "keys", c)
	m.files["/etc/onboarding/keyring.json"] = filepath.Join(folder, "keyring.json")
	return errors.Join(err, os.Chmod(m.files["/etc/onboarding/keyring.json"], 0o400))
}

// cell has the machine's own programs, ours and the files, read-only.
func (m *machine) cell(environ, args []string) cell {
	c := cell{Args: args, Environ: append(slices.Clone(environ), "PATH=/usr/local/bin:/usr/bin:/bin"), Mounts: []mount{
		{From: "/usr", To: "/usr"}, {From: m.programs, To: "/usr/local/bin"}, {From: m.authorities(), To: "/etc/ssl/certs"},
	}}
	for _, folder := range []string{"/bin", "/lib", "/lib64"} {
		if _, err := os.Stat(folder); err == nil {
			c.Mounts = append(c.Mounts, mount{From: folder, To: folder})
		}
	}
	return c
}

// startUnit starts NAME or NAME@INSTANCE as systemd does, and runs what follows the start.
func (m *machine) startUnit(ctx context.Context, name string) error {
	file, instance, template := strings.Cut(name, "@")
	if template {
		file += "@"
	}
	u, err := readUnit(filepath.Join(unitFolder(m.options), file+".service"), instance)
	if err != nil {
		return err
	}
	c, err := m.unitCell(u)
	if err != nil {
		return err
	}
	if u.first("Type") == "oneshot" {
		_, err := m.run(ctx, name, c)
		return err
	}
	p, err := m.start(name, c)
	if err != nil {
		return err
	}
	grace, err := time.ParseDuration(u.first("TimeoutStopSec") + "s")
	if err != nil {
		return fmt.Errorf("%s: TimeoutStopSec: %w", name, err)
	}
	if grace < leastGrace {
		return fmt.Errorf("%s is killed %s after SIGTERM", name, grace)
	}
	m.started = append(m.started, service{p, grace})
	m.metrics = append(m.metrics, "http://"+valueOf(c.Environ, "METRICS_ADDR"))
	for _, after := range u["ExecStartPost"] {
		if _, err := m.run(ctx, name+"-post", p.beside(splitCommand(after)...)); err != nil {
			return err
		}
	}
	return m.healthy(ctx, p, []string{"CMD", filepath.Base(c.Args[0]), "health"})
}

// unitCell returns what the unit gives its program.
func (m *machine) unitCell(u unit) (cell, error) {
	if u.first("User") != "onboarding" || u.first("ProtectSystem") != "strict" {
		return cell{}, errors.New("the unit runs as another user, or may write anywhere")
	}
	var environ []string
	for _, line := range u["Environment"] {
		environ = append(environ, strings.Fields(line)...)
	}
	var files []string
	for _, path := range u["EnvironmentFile"] {
		from, ok := m.files[path]
		if !ok {
			return cell{}, fmt.Errorf("there is no %s", path)
		}
		set, err := environmentFile(from)
		if err != nil {
			return cell{}, err
		}
		for name, value := range set {
			files = append(files, name+"="+value)
		}
	}
	// systemd lets the files win over Environment=.
	c := m.cell(override(environ, files), splitCommand(u.first("ExecStart")))
	if ring := m.files["/etc/onboarding/keyring.json"]; ring != "" {
		c.Mounts = append(c.Mounts, mount{From: ring, To: "/etc/onboarding/keyring.json"})
	}
	if state := u.first("StateDirectory"); state != "" {
		folder := filepath.Join(m.folder, "state-"+state)
		if err := os.Mkdir(folder, 0o700); err == nil {
			_ = os.Chown(folder, programUser, programUser)
		}
		c.Mounts = append(c.Mounts, mount{From: folder, To: "/var/lib/" + state, Writable: true})
	}
	return c, nil
}

func override(environ, by []string) []string {
	kept := slices.DeleteFunc(slices.Clone(environ), func(one string) bool {
		name, _, _ := strings.Cut(one, "=")
		return valueOf(by, name) != ""
	})
	return append(kept, by...)
}

// splitCommand splits as systemd does, single quotes included.
func splitCommand(line string) []string {
	quoted := false
	words := strings.FieldsFunc(line, func(r rune) bool {
		if r == '\'' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
	for i := range words {
		words[i] = strings.Trim(words[i], "'")
	}
	return words
}

func environmentFile(path string) (map[string]string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	set := map[string]string{}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("%s: %q is no setting", path, line)
		}
		set[name] = value
	}
	return set, nil
}

// proxy runs nginx in front, and makes sure that what is not ours goes to the old back end.
func (m *machine) proxy(ctx context.Context, host string) error {
	configuration, err := proxyConfiguration(m.options, m.folder)
	if err != nil {
		return err
	}
	old := &http.Server{
		Addr: "127.0.0.1:8000", ReadHeaderTimeout: time.Minute,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, "old ", r.URL.Path) }),
	}
	go func() { _ = old.ListenAndServe() }()
	context.AfterFunc(ctx, func() { _ = old.Close() })
	cmd := exec.CommandContext(ctx, "nginx", "-p", m.folder, "-c", configuration, "-g", "daemon off;")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p := &process{name: "nginx", log: filepath.Join(m.folder, "error.log"), cmd: cmd, ended: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start nginx: %w", err)
	}
	go func() { p.err = cmd.Wait(); close(p.ended) }()
	return p.await(ctx, readyLimit, func() error {
		said, err := m.read(ctx, "http://127.0.0.1/api/seo/health", host)
		return errors.Join(err, want(err != nil || said == "old /api/seo/health", "the proxy answers %q", said))
	})
}

func (m *machine) down() error {
	var errs []error
	for _, s := range slices.Backward(m.started) {
		errs = append(errs, s.stop(s.grace))
	}
	return errors.Join(errs...)
}
