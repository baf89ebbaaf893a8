package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/cmd/child"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/walk"
)

// opsLoad does everything that the metrics count.
type opsLoad struct {
	stack  *stack
	issuer *issuer
	out    io.Writer
	// cutOff is the metrics address of an api whose database does not answer,
	// doomedMetrics that of a worker that is killed.
	cutOffAPI, cutOff, doomedMetrics string
	doomedPID                        string // its file
	children                         []*child.Process
}

// prepare starts the two processes that will fail.
func (l *opsLoad) prepare(ctx context.Context) (err error) {
	addresses := [3]string{}
	for i := range addresses {
		if addresses[i], err = child.FreeAddress(ctx, "127.0.0.1:0"); err != nil {
			return err
		}
	}
	l.cutOffAPI, l.cutOff, l.doomedMetrics = addresses[0], addresses[1], addresses[2]
	environ := maps.Clone(l.stack.environ)
	environ["HTTP_ADDR"], environ["METRICS_ADDR"] = l.cutOffAPI, l.cutOff
	environ["DATABASE_URL"] = "postgres://nobody@127.0.0.1:1/none"
	if err := l.start("api-cut-off", filepath.Join(l.stack.programs, "api"), []string{"run"}, environ); err != nil {
		return err
	}
	environ = maps.Clone(l.stack.environ)
	environ["METRICS_ADDR"] = l.doomedMetrics
	l.doomedPID = filepath.Join(l.stack.folder, "doomed.pid")
	err = l.start("worker-doomed", "/bin/sh",
		[]string{"-c", `echo $$ >"$0"; exec "$1" run`, l.doomedPID, filepath.Join(l.stack.programs, "worker")}, environ)
	if err != nil {
		return err
	}
	return child.AwaitOK(ctx, readyWait, "the processes with logs in "+l.stack.logs+" were",
		"http://"+l.cutOffAPI+"/healthz", "http://"+l.doomedMetrics+"/readyz")
}

func (l *opsLoad) start(name, program string, args []string, environ map[string]string) error {
	c, err := child.Start(name, program, args, child.Environment(environ), filepath.Join(l.stack.logs, name+".log"))
	if err == nil {
		l.children = append(l.children, c)
	}
	return err
}

// stop ends the processes that prepare has started.
func (l *opsLoad) stop() {
	for _, c := range l.children {
		_ = c.Stop() // one was killed
	}
}

// run does all of it at once and returns when it is done.
func (l *opsLoad) run(ctx context.Context) error {
	began := time.Now()
	group, working := errgroup.WithContext(ctx)
	for name, do := range map[string]func(*walker, context.Context) error{
		"plain":    func(w *walker, ctx context.Context) error { return w.all(ctx, withoutKeys) },
		"keyed":    func(w *walker, ctx context.Context) error { return w.all(ctx, goodKeys) },
		"locked":   (*walker).refusedKey,
		"lost":     (*walker).badWebsite,
		"fickle":   (*walker).changesOften,
		"curious":  (*walker).usesExtras,
		"watching": (*walker).watch,
		"strange":  func(w *walker, ctx context.Context) error { return w.badRequests(ctx, l) },
	} {
		w, err := l.walker("ops-" + name)
		if err != nil {
			return err
		}
		group.Go(func() error {
			if err := do(w, working); err != nil {
				return fmt.Errorf("the user %s: %w", name, err)
			}
			return nil
		})
	}
	group.Go(func() error { return l.kill(working) })
	if err := group.Wait(); err != nil {
		return err
	}
	if err := l.bulk(ctx); err != nil {
		return err
	}
	say(l.out, "load: users, refused keys, rate limits, failures, a stream, a killed worker, a bulk operation in %s",
		time.Since(began).Round(time.Second))
	return nil
}

func (l *opsLoad) walker(user string) (*walker, error) {
	token, err := l.issuer.token(user, time.Hour)
	if err != nil {
		return nil, err
	}
	return l.stack.newWalker(token, io.Discard), nil
}

// kill ends a worker without notice while users submit websites, so that the others
// recover its jobs.
func (l *opsLoad) kill(ctx context.Context) error {
	for i := range 6 {
		w, err := l.walker("ops-orphan-" + strconv.Itoa(i))
		if err != nil {
			return err
		}
		if _, err := w.SubmitWebsite(ctx, w.site); err != nil {
			return err
		}
	}
	content, err := os.ReadFile(l.doomedPID)
	if err != nil {
		return fmt.Errorf("read which process to kill: %w", err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		return fmt.Errorf("read which process to kill: %w", err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return fmt.Errorf("kill a worker: %w", err)
	}
	return nil
}

// bulk has the workers reset some of the users.
func (l *opsLoad) bulk(ctx context.Context) error {
	c, err := l.stack.child("bulk", "worker", "bulk", "reset", "ops-plain", "ops-orphan-0", "ops-nobody")
	if err != nil {
		return err
	}
	return c.Wait(ctx)
}

// badRequests sends what no client should: no token, an expired one, an unknown route, an
// unknown step, and a request to an api without a database.
func (w *walker) badRequests(ctx context.Context, l *opsLoad) error {
	expired, err := l.issuer.token("ops-late", -time.Minute)
	if err != nil {
		return err
	}
	for address, token := range map[string]string{
		"http://" + l.stack.api + "/api/onboarding/status":  expired,
		"http://" + l.stack.api + "/nothing":                w.client.Token,
		"http://" + l.stack.api + "/api/onboarding/step/9":  w.client.Token,
		"http://" + l.cutOffAPI + "/api/onboarding/status":  w.client.Token,
		"http://" + l.stack.api + "/api/onboarding/config":  "",
		"http://" + l.cutOffAPI + "/readyz":                 "",
		"http://" + l.stack.api + "/api/onboarding/summary": "none",
	} {
		response, err := w.open(ctx, address, token)
		if err != nil {
			return err
		}
		_ = response.Body.Close()
	}
	return nil
}

// expectFailure follows step 2 to its failure.
func (w *walker) expectFailure(ctx context.Context) error {
	var failed *walk.FailedError
	if err := w.follow(ctx, onboarding.StepWebsite); !errors.As(err, &failed) {
		return fmt.Errorf("the step did not fail: %w", err)
	}
	return nil
}
