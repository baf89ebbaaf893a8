package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// injector injects the faults of the plan.
type injector struct {
	*system
	record *record
}

// run goes through the lanes side by side and returns when every fault has ended.
func (in *injector) run(ctx context.Context, plan map[string][]action) {
	var group sync.WaitGroup
	for _, actions := range plan {
		group.Go(func() {
			for _, a := range actions {
				select {
				case <-ctx.Done():
					return
				case <-time.After(time.Until(in.record.began.Add(a.at))):
				}
				in.do(ctx, a)
			}
		})
	}
	group.Wait()
}

// do injects one fault and records it. A fault that can't be injected now is recorded as
// trouble and does not end the run.
func (in *injector) do(ctx context.Context, a action) {
	h := happening{kind: a.kind, from: time.Now()}
	err := in.perform(ctx, a, &h)
	h.to = time.Now()
	if err != nil {
		in.record.trouble(fmt.Sprintf("%s of %s: %v", a.kind, h.target, err))
		h.note = err.Error()
		if h.target == "" { // nothing was done
			return
		}
	}
	in.record.happen(h)
}

func (in *injector) perform(ctx context.Context, a action, h *happening) error {
	switch a.kind {
	case killWorker:
		return in.kill(ctx, a, h, in.workers)
	case killAPI:
		return in.kill(ctx, a, h, in.apis)
	case killLeader:
		return in.killLeader(ctx, a, h)
	case stopWorker:
		return in.pause(ctx, a, h, in.workers)
	case stopAPI:
		return in.pause(ctx, a, h, in.apis)
	case deploy:
		return in.deploy(ctx, h)
	case websiteFail, websiteStall:
		h.target = "websites"
		in.sites.mode.Store(a.kind)
		defer in.sites.mode.Store(kind(""))
		return wait(ctx, a.long)
	case providerFail, providerStall:
		h.target = "providers"
		in.models.mode.Store(a.kind)
		defer in.models.mode.Store(kind(""))
		return wait(ctx, a.long)
	default:
		return in.database(ctx, a, h)
	}
}

// wait waits until a fault is over: after its duration or at the end of the run.
func wait(ctx context.Context, long time.Duration) error {
	select {
	case <-ctx.Done():
	case <-time.After(long):
	}
	return nil
}

// take locks and returns a slot without an active fault, nil if there is none.
func take(pick uint64, slots []*slot) *slot {
	for i := range slots {
		s := slots[(int(pick%uint64(len(slots)))+i)%len(slots)]
		if s.busy.TryLock() {
			return s
		}
	}
	return nil
}

// kill kills a process and starts another after a while.
func (in *injector) kill(ctx context.Context, a action, h *happening, slots []*slot) error {
	s := take(a.pick, slots)
	if s == nil {
		return errAllBusy
	}
	defer s.busy.Unlock()
	return in.killSlot(ctx, s, a.long, h)
}

func (in *injector) killSlot(ctx context.Context, s *slot, pause time.Duration, h *happening) error {
	if err := s.kill(); err != nil {
		return err
	}
	h.target = s.name
	if err := wait(ctx, pause); err != nil {
		return err
	}
	return s.start()
}

// killLeader kills the worker that is River's leader. After the last kill there is none
// for a while: it waits for one.
func (in *injector) killLeader(ctx context.Context, a action, h *happening) error {
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until) &&
		ctx.Err() == nil; _ = wait(ctx, 500*time.Millisecond) {
		s, leader := in.leader(ctx)
		if s == nil || !s.busy.TryLock() {
			continue
		}
		defer s.busy.Unlock()
		if s.running().client() != leader { // it was restarted meanwhile
			return errAllBusy
		}
		h.note = "leader " + leader
		return in.killSlot(ctx, s, a.long, h)
	}
	return errors.New("no worker led for 20 s")
}

// leader returns the worker that is the leader, nil if it does not run any more.
func (in *injector) leader(ctx context.Context) (s *slot, id string) {
	err := in.owner(ctx, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "select leader_id from river_leader where expires_at > now()").Scan(&id)
	})
	if err != nil {
		return nil, ""
	}
	for _, s := range in.workers {
		if s.running().client() == id {
			return s, id
		}
	}
	return nil, id
}

// pause stops a process for longer than recovery waits, and continues it.
func (in *injector) pause(ctx context.Context, a action, h *happening, slots []*slot) error {
	s := take(a.pick, slots)
	if s == nil {
		return errAllBusy
	}
	defer s.busy.Unlock()
	from := time.Now()
	if err := s.signal(syscall.SIGSTOP, func(i *incarnation) { i.stops = append(i.stops, span{from: from}) }); err != nil {
		return err
	}
	h.target = s.name
	_ = wait(ctx, a.long)
	return s.signal(syscall.SIGCONT, func(i *incarnation) { i.stops[len(i.stops)-1].to = time.Now() })
}

// deploy restarts every process, one after the other, as a deployment does.
func (in *injector) deploy(ctx context.Context, h *happening) error {
	for _, s := range append(append([]*slot{}, in.apis...), in.workers...) {
		if err := in.replace(ctx, s); err != nil {
			return err
		}
		h.target = strings.TrimSpace(h.target + " " + s.name)
		if ctx.Err() != nil {
			return nil
		}
	}
	return nil
}

// replace shuts a process down and starts the next.
func (in *injector) replace(ctx context.Context, s *slot) error {
	s.busy.Lock()
	defer s.busy.Unlock()
	ended, err := s.terminate(shutdownGrace + 20*time.Second)
	if err != nil {
		return err
	}
	if !ended {
		in.record.trouble(s.name + " did not end after SIGTERM; it is killed")
		if err := s.kill(); err != nil {
			return err
		}
	}
	if err := s.start(); err != nil {
		return err
	}
	if err := s.awaitReady(ctx, 15*time.Second); err != nil && ctx.Err() == nil {
		in.record.trouble("deploy: " + err.Error()) // another fault may be active
	}
	return nil
}
