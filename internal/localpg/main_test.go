package localpg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// The test binary is its own helper: with roleVariable set it holds a server, or a
// leashed command, until its standard input ends.
const (
	roleVariable = "LOCALPG_TEST_ROLE"
	dirVariable  = "LOCALPG_TEST_DIR"
)

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "":
		os.Exit(runTests(m))
	case "persistent":
		hold(Config{DataDir: os.Getenv(dirVariable)})
	case "throwaway":
		hold(Config{Throwaway: true})
	case "leash":
		holdLeash()
	}
}

// helperBinary is a copy of the test binary that every user may run. It is written
// before the first test: a process that is started meanwhile would keep it busy.
var helperBinary string

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("/tmp", "localpg-test-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		panic(err)
	}
	helperBinary = filepath.Join(dir, "helper")
	if err := errors.Join(os.WriteFile(helperBinary, content, 0o755), os.Chmod(dir, 0o755)); err != nil {
		panic(err)
	}
	return m.Run()
}

func hold(cfg Config) {
	s, err := Start(context.Background(), cfg)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("ready", s.URL())
	_, _ = io.Copy(io.Discard, os.Stdin)
	s.Stop()
}

func holdLeash() {
	cmd := exec.Command("/bin/sh", "-c", "echo ready $$; exec sleep 600")
	cmd.Stdout = os.Stdout
	if _, err := StartLeashed(cmd); err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// helper is a process that runs the test binary in one of the roles.
type helper struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	answer string // what it said when it was ready
}

// startHelper starts a helper and waits for its answer unless impatient is set.
func startHelper(t *testing.T, who account, role, dir string, impatient bool, env ...string) *helper {
	t.Helper()
	cmd := exec.Command(helperBinary, "-test.run=^$")
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), roleVariable+"="+role, dirVariable+"="+dir, "HOME=/nonexistent")
	cmd.Env = append(cmd.Env, env...)
	cmd.SysProcAttr = who.attr()
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	h := &helper{cmd: cmd, stdin: stdin}
	t.Cleanup(h.kill)
	if !impatient {
		line, err := bufio.NewReader(stdout).ReadString('\n')
		require.NoError(t, err)
		answer, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
		require.True(t, ok, line)
		h.answer = answer
	}
	return h
}

// kill ends the helper by SIGKILL and reaps it.
func (h *helper) kill() {
	_ = h.cmd.Process.Kill()
	_ = h.cmd.Wait()
}

// openFolder is a temporary folder that every user may enter, unlike t.TempDir.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "localpg-test-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { // the server of a helper that was killed may still be stopping in it
		require.Eventually(t, func() bool { return os.RemoveAll(dir) == nil }, 20*time.Second, 20*time.Millisecond)
	})
	return dir
}

// dataFolder is a folder that the account may write to.
func dataFolder(t *testing.T, who account) string {
	t.Helper()
	dir := filepath.Join(openFolder(t), "data")
	require.NoError(t, who.folder(dir, 0o755))
	return dir
}

// callers returns the users that a test is repeated for: the one who runs the
// tests, and for root an ordinary user too.
func callers(t *testing.T) map[string]account {
	t.Helper()
	if os.Geteuid() != 0 {
		return map[string]account{"ordinary user": callerAccount()}
	}
	u, err := user.Lookup("nobody")
	require.NoError(t, err)
	uid, err := strconv.Atoi(u.Uid)
	require.NoError(t, err)
	gid, err := strconv.Atoi(u.Gid)
	require.NoError(t, err)
	return map[string]account{"root": {}, "ordinary user": {uid: uid, gid: gid, drop: true}}
}

func startServer(t *testing.T, cfg Config) *Server {
	t.Helper()
	s, err := Start(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	return s
}

// query runs one statement that returns a text.
func query(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	var answer string
	require.NoError(t, conn.QueryRow(t.Context(), sql).Scan(&answer))
	return answer
}

func execute(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	_, err = conn.Exec(t.Context(), sql)
	require.NoError(t, err)
}

// serverPid is the process id of the server itself.
func serverPid(t *testing.T, cluster string) int {
	t.Helper()
	pid, _ := readPidFile(cluster)
	require.Positive(t, pid)
	return pid
}

// eventually waits for something that other processes bring about.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 20*time.Second, 20*time.Millisecond, what)
}

// mentions counts the processes whose command line holds text: by /proc, or by ps
// on systems that have none.
func mentions(text string) int {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	var lines []string
	for _, file := range files {
		line, _ := os.ReadFile(file)
		lines = append(lines, string(line))
	}
	if len(files) == 0 {
		out, err := exec.Command("ps", "-A", "-ww", "-o", "args=").Output()
		if err != nil {
			return -1
		}
		lines = strings.Split(string(out), "\n")
	}
	count := 0
	for _, line := range lines {
		if strings.Contains(line, text) {
			count++
		}
	}
	return count
}

// gone reports whether a process has ended; a zombie that nobody reaps has.
func gone(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return true
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err == nil {
		return strings.Contains(string(stat), ") Z ")
	}
	out, _ := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return strings.HasPrefix(string(out), "Z")
}
