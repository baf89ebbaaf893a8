// Command dbos runs workflows of DBOS that insert one row each: dbos URL JOBS. It prints how many end a second.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/dbos-inc/dbos-transact-golang/dbos"
	"github.com/jackc/pgx/v5/pgxpool"
)

const slots, conns = 50, 20

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("want the URL of a database and the number of jobs")
	}
	jobs, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	config, err := pgxpool.ParseConfig(args[0])
	if err != nil {
		return err
	}
	config.MaxConns = conns
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	if _, err := pool.Exec(ctx, "create table results (id text primary key, document jsonb not null)"); err != nil {
		return err
	}
	d, err := dbos.NewContext(ctx, dbos.Config{
		AppName: "bench", SystemDBPool: pool, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		return err
	}
	var left atomic.Int64
	left.Store(int64(jobs))
	ended := make(chan struct{})
	work := func(c dbos.Context, n int) (int, error) {
		defer func() {
			if left.Add(-1) == 0 {
				close(ended)
			}
		}()
		return dbos.RunAsStep(c, func(ctx context.Context) (int, error) {
			_, err := pool.Exec(ctx, "insert into results (id, document) values ($1, $2) on conflict do nothing",
				strconv.Itoa(n), map[string]int{"n": n})
			return n, err
		})
	}
	dbos.RegisterWorkflow(d, work)
	if err := dbos.Launch(d); err != nil {
		return err
	}
	queue, err := dbos.RegisterQueue(d, "results", dbos.WithWorkerConcurrency(slots),
		dbos.WithQueueBasePollingInterval(10*time.Millisecond))
	if err != nil {
		return err
	}
	began := time.Now() // what is queued runs at once: the queuing is a part of it
	for n := range jobs {
		if _, err := dbos.RunWorkflow(d, work, n, dbos.WithQueue(queue)); err != nil {
			return err
		}
	}
	<-ended
	fmt.Println(float64(jobs) / time.Since(began).Seconds())
	dbos.Shutdown(d, time.Second)
	return nil
}
