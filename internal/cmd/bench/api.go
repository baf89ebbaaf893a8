package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/localpg"
)

// api is an API process on loopback.
type api struct {
	http, metrics string // addresses
	leash         *localpg.Leash
	issuer        *auth.DevIssuer
}

// startTimeout bounds the start of the process.
const startTimeout = 30 * time.Second

// startAPI starts the built program on a database, with a development issuer whose
// key is in folder, and waits until it listens.
func startAPI(ctx context.Context, databaseURL, folder string) (*api, error) {
	issuer, err := auth.OpenDevIssuer(folder)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program api: %w", err)
	}
	program := filepath.Join(filepath.Dir(self), "api")
	if _, err := exec.LookPath(program); err != nil {
		return nil, errors.New("the program api is not built: run make build")
	}
	log, out, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("open a pipe: %w", err)
	}
	//nolint:gosec,noctx // a program of this project; it ends with its leash
	cmd := exec.Command(program, "run")
	cmd.Env = []string{
		"DEPLOY_ENV=local", "DATA_DIR=" + folder, "DATABASE_URL=" + databaseURL, "HTTP_ADDR=127.0.0.1:0",
		"METRICS_ADDR=127.0.0.1:0", "DRAIN_DELAY=0s", "ENV_FILE=" + filepath.Join(folder, ".env"),
	}
	cmd.Stderr = out
	leash, err := localpg.StartLeashed(cmd)
	if err = errors.Join(err, out.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("start the api: %w", err), log.Close())
	}
	a := &api{leash: leash, issuer: issuer}
	if err := a.findAddresses(ctx, log); err != nil {
		return nil, errors.Join(err, leash.Stop())
	}
	return a, nil
}

// findAddresses reads the log until it names the addresses, and goes on reading so
// that the process is never held up.
func (a *api) findAddresses(ctx context.Context, log *os.File) error {
	found := make(chan error, 1)
	go func() {
		lines := bufio.NewReader(log)
		defer func() { _ = log.Close() }() // it was only read
		for {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				found <- fmt.Errorf("the api ended: %w", err)
				return
			}
			var entry struct{ Msg, HTTP, Metrics string }
			if json.Unmarshal(line, &entry) == nil && entry.Msg == "listening" {
				a.http, a.metrics = entry.HTTP, entry.Metrics
				found <- nil
				_, _ = io.Copy(io.Discard, lines)
				return
			}
		}
	}()
	select {
	case err := <-found:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(startTimeout):
		return errors.New("the api does not start")
	}
}

// token returns a token of a user.
func (a *api) token(userID string) (string, error) {
	return a.issuer.Mint(auth.User{ID: userID}, time.Hour)
}

const mebibyte = 1 << 20

// resident returns the memory that the process holds, in MiB, as the operating system
// counts it.
func (a *api) resident(ctx context.Context) (float64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+a.metrics+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("read the api's metrics: %w", err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if value, ok := bytes.CutPrefix(lines.Bytes(), []byte("process_resident_memory_bytes ")); ok {
			resident, err := strconv.ParseFloat(string(value), 64)
			return resident / mebibyte, err
		}
	}
	return 0, errors.Join(errors.New("the api's metrics do not tell its memory"), lines.Err())
}

// dial opens a connection to the API.
func (a *api) dial(ctx context.Context) (net.Conn, error) {
	var dialer net.Dialer
	return dialer.DialContext(ctx, "tcp", a.http)
}
