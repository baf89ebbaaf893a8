package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/walk"
	"github.com/alwrity/onboarding/tools/chaos/patroni"
)

// The kinds of faults of a primary.
const (
	killPrimary kind = "kill_primary"
	stopPrimary kind = "stop_primary"
	stopAgent   kind = "stop_agent"
	cutPrimary  kind = "cut_off_primary"
)

// The shape of a failover run.
const (
	failoverRounds  = 20
	failoverUsers   = 12
	failoverAPIs    = 2
	failoverWorkers = 2
	// promotionTime is how long after a fault another node may become the primary, writeTime how long after that
	// every process must write again, completeTime how long the former primary may take to become a replica.
	promotionTime = time.Minute
	writeTime     = 15 * time.Second
	completeTime  = 2 * time.Minute
	// failoverSettle is how long users may go on after the last fault.
	failoverSettle = 45 * time.Second
)

// failover is a run in which primaries fail, one after the other.
type failover struct {
	*system
	options

	nodes  *patroni.Cluster
	record *record
	random *rand.Rand
	// detect and write are the slowest of all rounds: from the fault to another primary, and from that until every
	// process has written.
	detect, write time.Duration
	unready       int     // processes that were not ready within a round, of all rounds
	lag           float64 // of the replica that analytics are read from, the most after a round, in seconds

	mu           sync.Mutex
	acknowledged []int64 // writes of the witnesses
}

// runFailover lets primaries fail under load, and checks.
func runFailover(ctx context.Context, o options) error {
	o.users, o.habits = min(o.users, failoverUsers), usualHabits
	folder := filepath.Join(o.folder, "run")
	if err := emptyFolder(folder); err != nil {
		return fmt.Errorf("make the folder %s: %w", folder, err)
	}
	_, _ = fmt.Fprintf(o.out, "failover: seed=%d rounds=%d users=%d apis=%d workers=%d (SEED=%d repeats the faults)\n",
		o.seed, o.rounds, o.users, failoverAPIs, failoverWorkers, o.seed)
	nodes, err := patroni.Start(ctx, patroni.Config{
		Logs: folder, Database: databaseName, Login: loginName, Asynchronous: o.asynchronous,
	})
	if err != nil {
		return err
	}
	sys, err := startSystem(ctx, shape{
		cluster: nodes, folder: folder, programs: o.programs, apis: failoverAPIs, workers: failoverWorkers, slots: o.users,
		slowest: 700 * time.Millisecond, beforeProcesses: witnessSQL,
		settings: map[string]string{"DATABASE_REPLICA_URL": nodes.ReplicaURL()},
	})
	if err != nil {
		return err
	}
	defer sys.stop()
	f := &failover{
		system: sys, options: o, nodes: nodes, record: newRecord(),
		random: rand.New(rand.NewPCG(o.seed, 1)), //nolint:gosec // it has to be repeatable
	}
	followed := &followed{within: promotionTime}
	lastFault, err := f.underLoad(ctx, followed)
	if err != nil {
		return err
	}
	if _, err := sys.check(context.WithoutCancel(ctx), f.record, lastFault); err != nil {
		return err
	}
	if err := f.checkWitnesses(ctx); err != nil {
		return err
	}
	return f.conclude(followed)
}

// conclude prints the findings and the last line.
func (f *failover) conclude(followed *followed) error {
	for _, finding := range f.record.findings {
		_, _ = fmt.Fprintf(f.out, "%s: %s\n", finding.class, finding.what)
	}
	for _, trouble := range f.record.troubles {
		_, _ = fmt.Fprintln(f.out, "failover:", trouble)
	}
	_, _ = fmt.Fprintf(f.out, "failover: onboardings=%d requests=%d repeated=%d streams=%d events=%d witnessed=%d "+
		"unready=%d replica_lag_max_s=%.1f\n",
		f.record.finished, f.record.requests, f.record.retries, followed.streams.Load(), followed.events.Load(),
		len(f.acknowledged), f.unready, f.lag)
	gaps := int(followed.gaps.Load())
	_, _ = fmt.Fprintf(f.out,
		"failover: rounds=%d accepted=%d lost=%d doubled=%d detect_max_s=%.1f promotion_to_write_max_s=%.1f stream_gaps=%d\n",
		f.rounds, len(f.record.works), f.record.count("lost"), f.record.count("doubled"), f.detect.Seconds(),
		f.write.Seconds(), gaps)
	switch {
	case f.asynchronous && f.record.count("lost") == 0:
		return errors.New("without synchronous replication something must have been lost, and nothing was noticed")
	case f.asynchronous:
		return nil
	case (result{record: f.record}).violations()+gaps > 0:
		return errViolated
	case f.write > writeTime:
		return fmt.Errorf("writing again took %s, at most %s is wanted", f.write, writeTime)
	case f.record.finished == 0, followed.events.Load() == 0:
		return errors.New("too little was done: no user has finished")
	case f.unready == 0:
		return errors.New("no process was not ready while its database was away")
	}
	return nil
}

// underLoad goes through the rounds while users onboard. It returns when the last fault was.
func (f *failover) underLoad(ctx context.Context, followed *followed) (lastFault time.Time, err error) {
	beginning, stopBeginning := context.WithCancel(ctx)
	defer stopBeginning()
	driving, stopDriving := context.WithCancel(ctx)
	defer stopDriving()
	d := &driver{
		seed: f.seed, users: f.users, apis: f.addresses(), issuer: f.issuer, sites: f.sites, record: f.record,
		habits: f.habits, followed: followed,
	}
	var load, witnesses sync.WaitGroup
	load.Go(func() { d.run(driving, beginning) })
	for i, n := range f.nodes.Nodes {
		witnesses.Go(func() { f.witness(beginning, n, int64(i)) })
	}
	err = f.goRounds(ctx)
	stopBeginning()
	lastFault = time.Now()
	stop := time.AfterFunc(failoverSettle, stopDriving)
	defer stop.Stop()
	load.Wait()
	witnesses.Wait()
	f.quiet(ctx, lastFault.Add(settleTime))
	return lastFault, errors.Join(err, ctx.Err())
}

// goRounds goes through the rounds: each kind once, in an order that the seed decides, and again.
func (f *failover) goRounds(ctx context.Context) error {
	var deck []kind
	if f.asynchronous {
		deck = []kind{cutPrimary} // it acknowledges writes until it steps down
	}
	for round := range f.rounds {
		if len(deck) == 0 {
			deck = []kind{killPrimary, stopPrimary, stopAgent, cutPrimary}
			f.random.Shuffle(len(deck), func(a, b int) { deck[a], deck[b] = deck[b], deck[a] })
		}
		if err := f.round(ctx, round+1, deck[0]); err != nil {
			return fmt.Errorf("round %d, %s: %w", round+1, deck[0], err)
		}
		deck = deck[1:]
	}
	return nil
}

// round lets the primary fail and waits until another is in its place, all processes write to it, and the former
// one is a replica.
func (f *failover) round(ctx context.Context, number int, k kind) error {
	primary, err := f.complete(ctx)
	if err != nil {
		return err
	}
	_ = wait(ctx, time.Duration(f.random.Int64N(int64(2*time.Second))))
	h := happening{kind: k, target: primary.Name, from: time.Now(), database: true}
	unready := f.watchReadiness(ctx)
	if err := inject(primary, k); err != nil {
		return err
	}
	promoted, err := f.promoted(ctx, primary)
	if err != nil {
		return err
	}
	at := time.Now()
	detect := at.Sub(h.from)
	write, err := f.writing(ctx, number, promoted)
	if err != nil {
		return err
	}
	h.to = time.Now()
	f.record.happen(h)
	f.unready += unready()
	f.detect, f.write = max(f.detect, detect), max(f.write, write)
	_ = wait(ctx, time.Duration(f.random.Int64N(int64(2*time.Second))))
	primary.Mend()
	if _, err := f.complete(ctx); err != nil {
		return err
	}
	lag, err := f.recovered(ctx)
	if err != nil {
		return err
	}
	f.lag = max(f.lag, lag)
	_, _ = fmt.Fprintf(f.out, "failover: %5.0f s: round %d: %s of %s: %s was promoted after %.1f s, written to %.1f s "+
		"later, all was well after %.1f s\n", time.Since(f.record.began).Seconds(), number, k, primary.Name, promoted.Name,
		detect.Seconds(), write.Seconds(), time.Since(h.from).Seconds())
	return nil
}

// complete waits until the cluster is and returns its primary.
func (f *failover) complete(ctx context.Context) (*patroni.Node, error) {
	ctx, cancel := context.WithTimeout(ctx, completeTime)
	defer cancel()
	return f.nodes.AwaitHealthy(ctx)
}

func inject(n *patroni.Node, k kind) error {
	switch k {
	case killPrimary:
		return n.SignalServer(syscall.SIGKILL)
	case stopPrimary:
		return n.SignalServer(syscall.SIGSTOP)
	case stopAgent:
		return n.SignalAgent(syscall.SIGSTOP)
	case cutPrimary:
		return n.CutOff()
	}
	return fmt.Errorf("there is no fault %s", k)
}

// promoted waits until another node is the primary.
func (f *failover) promoted(ctx context.Context, former *patroni.Node) (*patroni.Node, error) {
	for until := time.Now().Add(promotionTime); time.Now().Before(until) && ctx.Err() == nil; {
		for _, n := range f.nodes.Nodes {
			if n != former && n.Writes(ctx) {
				return n, nil
			}
		}
		_ = wait(ctx, 50*time.Millisecond)
	}
	return nil, fmt.Errorf("no other node was promoted within %s", promotionTime)
}

// writing returns how long it took until every API has accepted a write and every worker has written its heartbeat.
func (f *failover) writing(ctx context.Context, round int, n *patroni.Node) (time.Duration, error) {
	from := time.Now()
	ctx, cancel := context.WithTimeout(ctx, promotionTime)
	defer cancel()
	errs := make([]error, len(f.apis)+1)
	var group sync.WaitGroup
	for i, address := range f.addresses() {
		group.Go(func() { errs[i] = f.skipOnce(ctx, address, fmt.Sprintf("chaos-%d-round-%d-%d", f.seed, round, i)) })
	}
	group.Go(func() { errs[len(f.apis)] = f.beats(ctx, n, from) })
	group.Wait()
	return time.Since(from), errors.Join(errs...)
}

// skipOnce lets a new user skip step 1 at one API, with the same request until that is accepted.
func (f *failover) skipOnce(ctx context.Context, address, user string) error {
	token, err := f.issuer.Mint(auth.User{ID: user}, time.Hour)
	if err != nil {
		return err
	}
	api := walk.Client{URL: address, Token: token, IdempotencyKey: uuid.NewString(), HTTP: http.DefaultClient}
	u := walk.User{Call: api.Call}
	for {
		bounded, cancel := context.WithTimeout(ctx, requestTime)
		err := u.Skip(bounded, onboarding.StepProviders)
		cancel()
		if err == nil {
			f.record.of(user, func(s *state) { s.skipped = append(s.skipped, onboarding.StepProviders) })
			return nil
		}
		if waitErr := walk.Wait(ctx, 100*time.Millisecond); waitErr != nil {
			return fmt.Errorf("%s has accepted no write: %w", address, err)
		}
	}
}

// beats waits until the heartbeats of all workers are newer than a time.
func (f *failover) beats(ctx context.Context, n *patroni.Node, since time.Time) error {
	for {
		var beats int
		err := n.Do(ctx, databaseName, func(conn *pgx.Conn) error {
			return conn.QueryRow(ctx, "select count(*) from worker_beats where beat_at > $1", since).Scan(&beats)
		})
		if err == nil && beats >= len(f.workers) {
			return nil
		}
		if waitErr := walk.Wait(ctx, 50*time.Millisecond); waitErr != nil {
			return fmt.Errorf("%d workers of %d have written: %w", beats, len(f.workers), errors.Join(err, waitErr))
		}
	}
}

// witnessSQL makes what the witnesses write to.
const witnessSQL = "create table audit.witness (id bigint primary key)"

// witness writes to a node itself, as a client that is cut off with it would: what a node acknowledges must
// stay, whoever is the primary then.
func (f *failover) witness(ctx context.Context, n *patroni.Node, number int64) {
	for id := number << 32; ctx.Err() == nil; id++ {
		bounded, cancel := context.WithTimeout(ctx, 3*time.Second)
		err := n.Do(bounded, databaseName, func(conn *pgx.Conn) error {
			_, err := conn.Exec(bounded, "insert into audit.witness values ($1)", id)
			return err
		})
		cancel()
		if err == nil {
			f.mu.Lock()
			f.acknowledged = append(f.acknowledged, id)
			f.mu.Unlock()
		}
		_ = wait(ctx, 200*time.Millisecond)
	}
}

// checkWitnesses finds acknowledged writes that are gone.
func (f *failover) checkWitnesses(ctx context.Context) error {
	return f.owner(ctx, func(conn *pgx.Conn) error {
		lost, err := rows[struct{ ID int64 }](ctx, conn, `select id from unnest($1::bigint[]) as told (id)
			where not exists (select from audit.witness w where w.id = told.id)`, f.acknowledged)
		for _, l := range lost {
			f.record.find("lost", fmt.Sprint("write ", l.ID), fmt.Sprintf("%s acknowledged write %d, which is gone",
				f.nodes.Nodes[l.ID>>32].Name, l.ID&(1<<32-1)))
		}
		return err
	})
}
