package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/cmd/child"
	"github.com/alwrity/onboarding/internal/localpg"
	"github.com/alwrity/onboarding/internal/walk"
)

var lastLine = regexp.MustCompile(`(?m)^demo: 6/6 steps completed=4 skipped=2 seconds=\d+\.\d\n$`)

// machine is the three programs with a data folder of its own.
type machine struct{ bin, data string }

// TestPrograms runs the built programs as processes.
func TestPrograms(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", bin+
		"/", "./cmd/api", "./cmd/worker", "./internal/cmd/dev")
	build.Dir = root
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as make build, whose packages are compiled
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))

	for name, check := range map[string]func(*testing.T, machine){
		"demo runs again after kill":            demoRunsAgainAfterKill,
		"run until interrupted, beside a demo":  runUntilInterruptedBesideDemo,
		"demo on another database starts none":  demoOnAnotherDatabaseStartsNone,
		"data of a former release":              runOnFormerData,
		"demo of another site":                  demoOfAnotherSite,
		"demo of a site that can't be analysed": demoOfEmptySite,
		"demo with keys of model providers":     demoWithKeys,
		"attach until its input ends":           attachUntilInputEnds,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Not t.TempDir: the server's user must be able to reach the data folder.
			data, err := os.MkdirTemp("", "onboarding-dev-")
			require.NoError(t, err)
			t.Cleanup(func() { assert.NoError(t, os.RemoveAll(data)) })
			require.NoError(t, os.Chmod(data, 0o755))
			check(t, machine{bin: bin, data: data})
		})
	}
}

// command prepares "dev ARGS" with a private database.
func (m machine) command(args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(m.bin, "dev"), args...)
	cmd.Env = child.Environment(map[string]string{"DATABASE_URL": "", "MIGRATE_DATABASE_URL": "", "DATA_DIR": m.data})
	return cmd
}

// demo runs "dev demo" to its end and returns what it printed.
func (m machine) demo(t *testing.T, args ...string) string {
	t.Helper()
	return m.output(t, append([]string{"demo"}, args...)...)
}

// output runs a command of dev to its end and returns what it printed.
func (m machine) output(t *testing.T, args ...string) string {
	t.Helper()
	cmd := m.command(args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	require.NoError(t, err, "%s%s%s", stdout.String(), stderr.String(), m.logs())
	return stdout.String()
}

// logs returns the logs of the last demo, to explain a failure.
func (m machine) logs() string {
	var all strings.Builder
	names, _ := filepath.Glob(filepath.Join(m.data, "*", "*.log"))
	for _, name := range names {
		content, _ := os.ReadFile(name)
		fmt.Fprintf(&all, "\n== %s\n%s", name, content)
	}
	return all.String()
}

// startUntil starts "dev ARGS" and returns it with the first match of pattern in
// what it prints.
func (m machine) startUntil(t *testing.T, pattern string, args ...string) (cmd *exec.Cmd, found []string) {
	t.Helper()
	cmd = m.command(args...)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	wanted := regexp.MustCompile(pattern)
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if found = wanted.FindStringSubmatch(lines.Text()); found != nil {
			return cmd, found
		}
	}
	require.Fail(t, "it ended early", "%v%s", cmd.Wait(), m.logs())
	return nil, nil
}

// requireNothingLeft waits until nobody listens on address and the database of
// folder is gone.
func requireNothingLeft(t *testing.T, address, folder string) {
	t.Helper()
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			_ = conn.Close()
			return false
		}
		running, _ := filepath.Glob(filepath.Join(folder, "postgres", "cluster", "postmaster.pid"))
		return len(running) == 0
	}, 20*time.Second, 50*time.Millisecond, "a process is left behind")
}

func demoRunsAgainAfterKill(t *testing.T, m machine) {
	folder := filepath.Join(m.data, "demo")

	// Killed with -9 in the middle of the work: nothing stays.
	killed, found := m.startUntil(t, `^demo: ready after .* api http://(\S+),`, "demo")
	_, err := os.Stat(filepath.Join(folder, "postgres", "cluster", "postmaster.pid"))
	require.NoError(t, err, "the database runs in the demo's folder")
	require.NoError(t, killed.Process.Kill())
	requireNothingLeft(t, found[1], folder)

	// The same folder serves the next runs, each of which does the work again.
	for range 2 {
		out := m.demo(t)
		assert.Regexp(t, lastLine, out)
		assert.Contains(t, out, "NOT KNOWN ─")
		assert.Regexp(t, `(?m)^demo: +\d+ % `, out, "progress is shown")
	}
	report, err := os.ReadFile(filepath.Join(folder, "report.txt"))
	require.NoError(t, err)
	assert.Contains(t, string(report), "Loose Spoke")
	assert.FileExists(t, filepath.Join(folder, "website_analysis.json"))
	_, err = os.Stat(filepath.Join(folder, "postgres", "cluster", "postmaster.pid"))
	assert.ErrorIs(t, err, os.ErrNotExist, "the database is stopped")
}

func demoOfAnotherSite(t *testing.T, m machine) {
	assert.Regexp(t, lastLine, m.demo(t, "-site", "../worker/testdata/tailor"))
	report, err := os.ReadFile(filepath.Join(m.data, "demo", "report.txt"))
	require.NoError(t, err)
	assert.Contains(t, string(report), "Hem and Haw")
	inputs, err := os.ReadFile(filepath.Join(m.data, "demo", "personalization_inputs.json"))
	require.NoError(t, err)
	assert.Contains(t, string(inputs), `"coat"`, "the inputs are of this site")
}

func demoWithKeys(t *testing.T, m machine) {
	out := m.output(t, "demo-llm")
	assert.Regexp(t, `(?m)^demo: 6/6 steps completed=5 skipped=1 seconds=\d+\.\d\n$`, out)
	assert.Contains(t, out, "401=1 429=1 broken=3")
	assert.Contains(t, out, "OpenAI refused your API key")
	assert.NotContains(t, out, demoOpenAIKey)
}

func attachUntilInputEnds(t *testing.T, m machine) {
	cmd := m.command("attach", "-users", "ann,bob")
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	var told attached
	require.NoError(t, json.NewDecoder(stdout).Decode(&told), m.logs())

	var status struct {
		CurrentStep int `json:"current_step"`
	}
	for _, user := range []string{"ann", "bob"} {
		client := walk.Client{URL: told.API, Token: told.Tokens[user], HTTP: &http.Client{Timeout: 10 * time.Second}}
		require.NoError(t, client.Call(t.Context(), http.MethodGet, "/status", nil, &status))
		assert.Equal(t, 1, status.CurrentStep)
	}
	require.NoError(t, stdin.Close())
	require.NoError(t, cmd.Wait(), m.logs())
	requireNothingLeft(t, strings.TrimPrefix(told.API, "http://"), filepath.Join(m.data, "attach"))
}

func demoOfEmptySite(t *testing.T, m machine) {
	failed := m.command("demo", "-site", emptySite(t))
	var stderr bytes.Buffer
	failed.Stderr = &stderr
	require.Error(t, failed.Run())
	assert.Equal(t, 1, failed.ProcessState.ExitCode())
	assert.Contains(t, stderr.String(), "step 2 failed: The website 127.0.0.1")
}

// emptySite is a folder whose only page shows nothing.
func emptySite(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "index.html"), []byte("<html><body></body></html>"), 0o600))
	return dir
}

func runUntilInterruptedBesideDemo(t *testing.T, m machine) {
	running, found := m.startUntil(t, `^  API +http://(\S+)`, "run")
	assert.Regexp(t, lastLine, m.demo(t))

	second := m.command("run")
	var stderr bytes.Buffer
	second.Stderr = &stderr
	require.Error(t, second.Run())
	assert.Contains(t, stderr.String(), "another one is running in ")

	require.NoError(t, running.Process.Signal(syscall.SIGINT))
	require.NoError(t, running.Wait(), "Ctrl-C ends it well%s", m.logs())
	requireNothingLeft(t, found[1], m.data)
}

// Data of a former release are brought to this one, without anything else to do.
func runOnFormerData(t *testing.T, m machine) {
	const former = "delete on submissions" // a privilege that only programs of a former release need
	inData := func(do func(*pgx.Conn)) {
		server, err := localpg.Start(t.Context(), localpg.Config{DataDir: m.data})
		require.NoError(t, err)
		defer server.Stop()
		conn, err := pgx.Connect(t.Context(), server.URL())
		require.NoError(t, err)
		defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
		do(conn)
	}
	running := func() {
		cmd := m.command("attach", "-dir", m.data)
		stdin, err := cmd.StdinPipe()
		require.NoError(t, err)
		stdout, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		_, err = bufio.NewReader(stdout).ReadString('\n')
		require.NoError(t, errors.Join(err, stdin.Close(), cmd.Wait()), m.logs())
	}
	running()
	inData(func(conn *pgx.Conn) {
		_, err := conn.Exec(t.Context(), "grant "+former+" to onboarding_app")
		require.NoError(t, err)
	})
	running()
	inData(func(conn *pgx.Conn) {
		var may bool
		require.NoError(t, conn.QueryRow(t.Context(),
			"select has_table_privilege('onboarding_app', 'submissions', 'delete')").Scan(&may))
		assert.False(t, may)
	})
}

func demoOnAnotherDatabaseStartsNone(t *testing.T, m machine) {
	server, err := localpg.Start(t.Context(), localpg.Config{Throwaway: true})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	cmd := m.command("demo")
	cmd.Env = append(cmd.Env, "DATABASE_URL="+server.URL())
	out, err := cmd.Output()
	require.NoError(t, err, m.logs())
	assert.Regexp(t, lastLine, string(out))
	assert.NoDirExists(t, filepath.Join(m.data, "demo", "postgres"))
}
