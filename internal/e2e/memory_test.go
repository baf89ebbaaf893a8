package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/llm/llmtest"
)

// An API process has a key in clear until it has answered, a worker while it asks, and 20 s longer in the buffers of
// its connection. With clobberfree the runtime overwrites what it frees, so that what is found after a collection is
// still held by something.
func TestKeysLeaveTheMemory(t *testing.T) {
	t.Parallel()
	h := startHoldingWorker(t)
	assert.Positive(t, inMemory(t, h.worker, canary), "the worker asks with the key")
	close(h.release)
	h.client.completed(30 * time.Second)
	hits := 0
	for process, metrics := range map[*exec.Cmd]string{h.worker: h.workerMetrics, h.api: h.apiMetrics} {
		left := 0
		assert.Eventually(t, func() bool {
			h.collectGarbage(metrics)
			left = inMemory(t, process, canary)
			return left == 0
		}, 40*time.Second, 100*time.Millisecond, "the key stays in the memory of %s", process.Path)
		hits += left
	}
	t.Logf("security-count: canary_hits=%d", hits)
}

// The stacks of a worker that is killed while it asks tell nothing of the key, and no core file is written.
func TestKeysAreInNoDump(t *testing.T) {
	t.Parallel()
	h := startHoldingWorker(t)
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", h.worker.Process.Pid))
	require.NoError(t, err)
	assert.Regexp(t, `Max core file size +[01] +[01] `, string(limits))
	require.NoError(t, h.worker.Process.Signal(syscall.SIGQUIT))
	require.Error(t, h.worker.Wait())
	stacks := h.env.logs.String()
	assert.Contains(t, stacks, "llm.(*Client).Ask(", "the stacks are there")
	assert.NotContains(t, stacks, canary)
}

// holdingWorker is a worker, beside an API process, whose call of a model with a key lasts until release is closed.
type holdingWorker struct {
	t                         *testing.T
	env                       environment
	worker, api               *exec.Cmd
	workerMetrics, apiMetrics string // addresses
	client                    *client
	release                   chan struct{}
}

func startHoldingWorker(t *testing.T) *holdingWorker {
	t.Helper()
	if _, err := os.Stat("/proc/self/mem"); err != nil {
		t.Skip("the memory of a process can't be read here")
	}
	h := &holdingWorker{
		t: t, env: setup(t), workerMetrics: freeAddress(t), apiMetrics: freeAddress(t), release: make(chan struct{}),
	}
	asked := make(chan struct{}, 100)
	model, err := llmtest.Start(llmtest.Config{Family: llmtest.OpenAI, Wait: func(ctx context.Context) {
		asked <- struct{}{}
		select {
		case <-h.release:
		case <-ctx.Done():
		}
	}})
	require.NoError(t, err)
	t.Cleanup(model.Close)
	h.env.logs = &lockedBuffer{}
	h.env.settings = map[string]string{
		"MODEL_OPENAI_URL": model.URL(), "LOG_LEVEL": "debug", "GODEBUG": "clobberfree=1", "GOTRACEBACK": "all", "GOGC": "10",
	}
	h.worker = h.env.start(map[string]string{"METRICS_ADDR": h.workerMetrics}, "worker", "run")
	h.api, h.client = h.env.startAPI(map[string]string{"METRICS_ADDR": h.apiMetrics})
	h.storeKey()
	h.client.submit(newSite(t, "").url)
	select {
	case <-asked:
	case <-time.After(30 * time.Second):
		require.Fail(t, "the worker asks nothing")
	}
	return h
}

// storeKey stores a key by a connection that is used for nothing else and stays open on this side.
func (h *holdingWorker) storeKey() {
	body := fmt.Sprintf(`{"provider":"openai","api_key":%q}`, canaryKeys["openai"])
	request, err := http.NewRequest(http.MethodPost, h.client.base+root+"/api-keys", strings.NewReader(body))
	require.NoError(h.t, err)
	request.Header.Set("Authorization", "Bearer "+h.client.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := (&http.Transport{}).RoundTrip(request)
	require.NoError(h.t, err)
	_, err = io.Copy(io.Discard, response.Body)
	require.NoError(h.t, errors.Join(err, response.Body.Close()))
	require.Equal(h.t, http.StatusOK, response.StatusCode)
}

var collections = regexp.MustCompile(`(?m)^go_gc_duration_seconds_count (\d+)$`)

// collectGarbage has a process collect its garbage three times: what it answers to is garbage.
func (h *holdingWorker) collectGarbage(metrics string) {
	count := func() int {
		found := collections.FindStringSubmatch(raw(h.t, h.client, "http://"+metrics+"/metrics"))
		require.NotNil(h.t, found)
		n, err := strconv.Atoi(found[1])
		require.NoError(h.t, err)
		return n
	}
	for until := count() + 3; count() < until; {
	}
}

// inMemory counts a text in the memory of a process that can be written to.
func inMemory(t *testing.T, process *exec.Cmd, text string) (hits int) {
	t.Helper()
	folder := fmt.Sprintf("/proc/%d", process.Process.Pid)
	maps, err := os.Open(folder + "/maps")
	require.NoError(t, err)
	defer maps.Close()
	memory, err := os.Open(folder + "/mem")
	require.NoError(t, err)
	defer memory.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		var from, to int64
		var mode string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &mode); err != nil || mode[:2] != "rw" {
			continue
		}
		content := make([]byte, to-from)
		n, _ := memory.ReadAt(content, from) // what is reserved only can't be read
		hits += bytes.Count(content[:n], []byte(text))
	}
	return hits
}
