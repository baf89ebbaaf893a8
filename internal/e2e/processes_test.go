package e2e_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// testVersion is what the programs of the tests are built as.
const testVersion = "v0.0.0-test"

// programs builds both programs once and returns their folder.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "onboarding-e2e-")
	if err != nil {
		return "", err
	}
	build := exec.Command("go", "build", "-ldflags", "-X github.com/alwrity/onboarding/internal/ops.version="+
		testVersion, "-o", dir, "./cmd/api", "./cmd/worker")
	build.Dir = filepath.Join("..", "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as make build, whose packages are compiled
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the programs: %w\n%s", err, output)
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	// The tests mostly wait.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	code := m.Run()
	if dir, err := programs(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

func TestProgramsPrintTheirVersion(t *testing.T) {
	t.Parallel()
	dir, err := programs()
	require.NoError(t, err)
	for _, program := range []string{"api", "worker"} {
		out, err := exec.CommandContext(t.Context(), filepath.Join(dir, program), "version").Output()
		require.NoError(t, err)
		require.Equal(t, testVersion+"\n", string(out))
	}
}

// environment is what the processes of one test share.
type environment struct {
	t           *testing.T
	databaseURL string
	dataDir     string
	// settings are more environment variables of all processes.
	settings map[string]string
	// logs, if not nil, collects what the processes print.
	logs *lockedBuffer
}

// noModel is an address without a server.
const noModel = "http://127.0.0.1:1/v1"

// start starts a program and kills it when the test ends.
func (e environment) start(settings map[string]string, name string, args ...string) *exec.Cmd {
	e.t.Helper()
	cmd, output := e.command(settings, name, args...)
	require.NoError(e.t, cmd.Start())
	e.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if e.t.Failed() {
			e.t.Logf("%s:\n%s", name, output.String())
		}
	})
	return cmd
}

// run runs a program to its end and returns what it printed.
func (e environment) run(name string, args ...string) (string, error) {
	e.t.Helper()
	return e.runWith(nil, name, args...)
}

// runWith is run with settings of its own.
func (e environment) runWith(settings map[string]string, name string, args ...string) (string, error) {
	e.t.Helper()
	e.logs = nil
	cmd, output := e.command(settings, name, args...)
	err := cmd.Run()
	return output.String(), err
}

func (e environment) command(settings map[string]string, name string, args ...string) (*exec.Cmd, *lockedBuffer) {
	e.t.Helper()
	dir, err := programs()
	require.NoError(e.t, err)
	cmd := exec.Command(filepath.Join(dir, name), args...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "DATABASE_POOLER=" + pgtest.Pooler(e.databaseURL), "DEPLOY_ENV=local", "DATABASE_URL=" + e.databaseURL, "DATA_DIR=" + e.dataDir,
		"FETCH_ALLOW_PREFIXES=127.0.0.1/32", "METRICS_ADDR=127.0.0.1:0", "SHUTDOWN_GRACE=2s",
		"ENV_FILE=" + filepath.Join(e.dataDir, ".env"),
		// No test asks a real provider.
		"MODEL_OPENAI_URL=" + noModel, "MODEL_ANTHROPIC_URL=" + noModel, "MODEL_GEMINI_URL=" +
			noModel, "MODEL_MISTRAL_URL=" + noModel,
	}
	for key, value := range e.settings {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	for key, value := range settings {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	output := &lockedBuffer{}
	if e.logs != nil {
		output = e.logs
	}
	cmd.Stdout, cmd.Stderr = output, output
	return cmd, output
}

func (e environment) worker() *exec.Cmd { return e.start(nil, "worker", "run") }

// api starts an API process and returns a client of it.
func (e environment) api() *client {
	e.t.Helper()
	_, c := e.startAPI(map[string]string{})
	return c
}

// startAPI is api with settings of its own.
func (e environment) startAPI(settings map[string]string) (*exec.Cmd, *client) {
	e.t.Helper()
	address := freeAddress(e.t)
	settings["HTTP_ADDR"] = address
	process := e.start(settings, "api", "run")
	c := (&client{t: e.t, base: "http://" + address}).as(e, "user_ann")
	require.Eventually(e.t, func() bool {
		response, err := http.Get(c.base + "/healthz")
		return err == nil && response.Body.Close() == nil && response.StatusCode == http.StatusOK
	}, 20*time.Second, 20*time.Millisecond, "the API does not start")
	return process, c
}

// stops waits until a process that was told to stop ends cleanly.
func stops(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(15 * time.Second):
		require.Fail(t, "the process does not stop")
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

// client calls an API process as one user.
type client struct {
	t           *testing.T
	base, token string
}

// as returns a client of the same API for another user.
func (c *client) as(e environment, user string) *client {
	c.t.Helper()
	token, err := e.run("api", "token", "-user", user)
	require.NoError(c.t, err, token)
	return &client{t: c.t, base: c.base, token: strings.TrimSpace(token)}
}

// answer is an answer of the API.
type answer struct {
	status int
	header http.Header
	body   map[string]any
}

// text returns a value of the body by its dotted path, "" if there is none.
func (a answer) text(path string) string {
	var value any = a.body
	for key := range strings.SplitSeq(path, ".") {
		object, _ := value.(map[string]any)
		value = object[key]
	}
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

func (c *client) call(method, path string, body any) answer {
	c.t.Helper()
	a, err := c.try(method, path, body)
	require.NoError(c.t, err)
	return a
}

// try is call for pollers, in a goroutine that must not end the test.
func (c *client) try(method, path string, body any) (answer, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return answer{}, err
	}
	request, err := http.NewRequest(method, c.base+path, bytes.NewReader(encoded))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := (&http.Client{Timeout: 30 * time.Second}).Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	a := answer{status: response.StatusCode, header: response.Header}
	return a, json.NewDecoder(response.Body).Decode(&a.body)
}

func (c *client) submit(website string) answer {
	c.t.Helper()
	return c.call(http.MethodPost, "/api/onboarding/step/2/complete",
		map[string]any{"data": map[string]any{"website": website}})
}

func (c *client) step() answer {
	c.t.Helper()
	return c.call(http.MethodGet, "/api/onboarding/step/2", nil)
}

// until polls step 2 until it satisfies reached and returns that answer.
func (c *client) until(what string, wait time.Duration, reached func(answer) bool) answer {
	c.t.Helper()
	var last answer
	require.Eventually(c.t, func() bool {
		var err error
		last, err = c.try(http.MethodGet, "/api/onboarding/step/2", nil)
		return err == nil && last.status == http.StatusOK && reached(last)
	}, wait, 50*time.Millisecond, what)
	return last
}

func (c *client) completed(wait time.Duration) answer {
	c.t.Helper()
	return c.until("the step is not completed", wait, func(a answer) bool { return a.text("status") == "completed" })
}

// lockedBuffer collects the output of a process.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
