package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/cmd/child"
	"github.com/alwrity/onboarding/internal/postgres"
)

// api is an API process on loopback.
type api struct {
	*child.Process

	http, metrics string // addresses
	issuer        *auth.DevIssuer
}

// readsWithoutLimit are settings for what a limit would be measured in the place of the machine.
var readsWithoutLimit = []string{"USER_READS_PER_SECOND=0", "ADDRESS_READS_PER_SECOND=0"}

// startTimeout bounds the start of the process.
const startTimeout = 30 * time.Second

// startAPI starts the built program on a database, with a development issuer whose key is in folder, and
// these settings, and waits until it is ready.
func startAPI(ctx context.Context, databaseURL, folder string, settings ...string) (*api, error) {
	issuer, err := auth.OpenDevIssuer(folder)
	if err != nil {
		return nil, err
	}
	a := &api{issuer: issuer}
	for _, address := range []*string{&a.http, &a.metrics} {
		if *address, err = child.FreeAddress(ctx, "127.0.0.1:0"); err != nil {
			return nil, err
		}
	}
	settings = append(settings, "HTTP_ADDR="+a.http, "METRICS_ADDR="+a.metrics)
	a.Process, err = startProgram("api", databaseURL, folder, settings...)
	if err != nil {
		return nil, err
	}
	if err := child.AwaitOK(ctx, startTimeout, "the api was", "http://"+a.http+"/readyz"); err != nil {
		return nil, errors.Join(err, a.Stop())
	}
	return a, nil
}

// startProgram starts a built program on a database, with these settings. Its data and
// its log are in folder.
func startProgram(name, databaseURL, folder string, settings ...string) (*child.Process, error) {
	programs, err := child.Programs()
	if err != nil {
		return nil, err
	}
	settings = append(settings, "DEPLOY_ENV=local", "DATA_DIR="+folder, "DATABASE_URL="+
		databaseURL, "ENV_FILE="+folder+"/.env")
	return child.Start(name, filepath.Join(programs, name), []string{"run"}, settings, filepath.Join(folder, name+".log"))
}

// openPool opens a pool of connections that assume role.
func openPool(ctx context.Context, databaseURL, role string, conns int) (*postgres.Pool, error) {
	return postgres.OpenPool(ctx, postgres.PoolConfig{
		Server: postgres.Server{URL: databaseURL}, Role: role, Name: "bench", MaxConns: conns,
		Registry: prometheus.NewRegistry(),
	})
}

// token returns a token of a user.
func (a *api) token(userID string) (string, error) {
	return a.issuer.Mint(auth.User{ID: userID}, time.Hour)
}

const mebibyte = 1 << 20

var residentMetric = regexp.MustCompile(`(?m)^process_resident_memory_bytes (\S+)$`)

// resident returns the memory that the process holds, in MiB, as the operating system
// counts it.
func (a *api) resident(ctx context.Context) (float64, error) { return resident(ctx, a.metrics) }

// resident returns the memory of the process whose metrics are at address, in MiB.
func resident(ctx context.Context, address string) (float64, error) {
	metrics, err := get(ctx, "http://"+address+"/metrics", "")
	if err != nil {
		return 0, err
	}
	found := residentMetric.FindSubmatch(metrics)
	if found == nil {
		return 0, errors.New("the metrics lack the memory")
	}
	resident, err := strconv.ParseFloat(string(found[1]), 64)
	return resident / mebibyte, err
}

var client = &http.Client{Timeout: time.Minute}

// get reads what address answers to a request with token.
func get(ctx context.Context, address, token string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", address, err)
	}
	body, err := io.ReadAll(response.Body)
	err = errors.Join(err, response.Body.Close())
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("read %s: %s", address, response.Status)
	}
	return body, err
}
