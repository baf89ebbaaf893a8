package localpg

import (
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDataSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t, callerAccount())
	s := startServer(t, Config{DataDir: dir})
	execute(t, s.URL(), "create table kept as select 'still here' as word")
	assert.Equal(t, filepath.Join(dir, "postgres"), s.Folder())
	assert.Equal(t, "UTF8", query(t, s.URL(), "show server_encoding"))
	assert.Equal(t, "on", query(t, s.URL(), "show fsync"))
	assert.Empty(t, query(t, s.URL(), "show listen_addresses"))
	pid := serverPid(t, filepath.Join(dir, "postgres", "cluster"))
	s.Stop()
	s.Stop()
	assert.True(t, gone(pid), "the server runs on after Stop")
	<-s.Done()

	s = startServer(t, Config{DataDir: dir})
	assert.Equal(t, "still here", query(t, s.URL(), "select word from kept"))
}

// Connections by the port need a password, and only loopback accepts them.
func TestPortWantsAPassword(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().(*net.TCPAddr)
	require.NoError(t, listener.Close())
	s := startServer(t, Config{DataDir: dataFolder(t, callerAccount()), Port: address.Port})
	execute(t, s.URL(), "create role visitor login password 'open sesame'")
	assert.Equal(t, "127.0.0.1", query(t, s.URL(), "show listen_addresses"))
	by := func(user *url.Userinfo) string {
		return (&url.URL{
			Scheme: "postgres", User: user, Host: address.String(), Path: "postgres",
			RawQuery: "sslmode=disable",
		}).String()
	}
	assert.Equal(t, "visitor", query(t, by(url.UserPassword("visitor", "open sesame")), "select current_user::text"))
	_, err = pgx.Connect(t.Context(), by(url.UserPassword("visitor", "open barley")))
	require.ErrorContains(t, err, "password authentication failed")
	_, err = pgx.Connect(t.Context(), by(url.User("postgres")))
	require.Error(t, err)
}

func TestThrowawayIsRemoved(t *testing.T) {
	t.Parallel()
	s := startServer(t, Config{Throwaway: true})
	assert.Equal(t, "off", query(t, s.URL(), "show fsync"))
	assert.Equal(t, "300", query(t, s.URL(), "show max_connections"))
	cluster := query(t, s.URL(), "show data_directory")
	require.DirExists(t, cluster)
	s.Stop()
	assert.NoDirExists(t, filepath.Dir(cluster))
}

func TestSocketIsOfTheServersUserOnly(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t, callerAccount())
	startServer(t, Config{DataDir: dir})
	info, err := os.Stat(filepath.Join(dir, "postgres"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	info, err = os.Stat(filepath.Join(dir, "postgres", ".s.PGSQL.5432"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestLongFolderGetsAShortSocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(openFolder(t), strings.Repeat("long", 30), "end")
	s := startServer(t, Config{DataDir: dir})
	host := hostOf(t, s.URL())
	t.Cleanup(func() { _ = os.RemoveAll(host) })
	assert.True(t, strings.HasPrefix(host, "/tmp/onboarding-"), host)
	assert.Equal(t, "up", query(t, s.URL(), "select 'up'"))

	// A comma separates hosts in a connection URL.
	s = startServer(t, Config{DataDir: filepath.Join(openFolder(t), "a, b")})
	comma := hostOf(t, s.URL())
	t.Cleanup(func() { _ = os.RemoveAll(comma) })
	assert.True(t, strings.HasPrefix(comma, "/tmp/onboarding-"), comma)
	assert.Equal(t, "up", query(t, s.URL(), "select 'up'"))
}

func TestOddFolderName(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(openFolder(t), `a "b" & 100% + 'c' $d`)
	s := startServer(t, Config{DataDir: dir})
	assert.Equal(t, filepath.Join(dir, "postgres"), hostOf(t, s.URL()))
	assert.Equal(t, "up", query(t, s.URL(), "select 'up'"))
}

func hostOf(t *testing.T, connection string) string {
	t.Helper()
	u, err := url.Parse(connection)
	require.NoError(t, err)
	return u.Query().Get("host")
}

func TestSecondStartIsRefused(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t, callerAccount())
	s := startServer(t, Config{DataDir: dir})
	_, err := Start(t.Context(), Config{DataDir: dir})
	require.ErrorContains(t, err, "another one is running in "+s.Folder())
	assert.Equal(t, "up", query(t, s.URL(), "select 'up'"))
	s.Stop()
	startServer(t, Config{DataDir: dir})
}

func TestLockIsTakenOnce(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "lock")
	held, err := Lock(name)
	require.NoError(t, err)
	_, err = Lock(name)
	require.ErrorContains(t, err, "another one is running in "+filepath.Dir(name))
	require.NoError(t, held.Close())
	held, err = Lock(name)
	require.NoError(t, err)
	require.NoError(t, held.Close())
}

func TestOtherMajorIsRefused(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]map[string]string{
		"too old":       {"PG_VERSION": "9\n", "canary": "alive"},
		"of the future": {"PG_VERSION": "99\n", "canary": "alive"},
		"not a cluster": {"canary": "alive"},
		"no number":     {"PG_VERSION": "mine", "canary": "alive"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := dataFolder(t, callerAccount())
			cluster := filepath.Join(dir, "postgres", "cluster")
			require.NoError(t, os.MkdirAll(cluster, 0o755))
			for file, text := range content {
				require.NoError(t, os.WriteFile(filepath.Join(cluster, file), []byte(text), 0o600))
			}
			_, err := Start(t.Context(), Config{DataDir: dir})
			require.Error(t, err)
			assert.Contains(t, err.Error(), cluster)
			assert.Contains(t, err.Error(), "DATA_DIR")
			if major, errNumber := strconv.Atoi(strings.TrimSpace(content["PG_VERSION"])); errNumber == nil {
				assert.Contains(t, err.Error(), "made by PostgreSQL "+strconv.Itoa(major))
				assert.Contains(t, err.Error(), "installed")
			}
			entries, err := os.ReadDir(cluster)
			require.NoError(t, err)
			assert.Len(t, entries, len(content), "the folder was touched")
		})
	}
}

func TestInterruptedInitdbIsRepeated(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t, callerAccount())
	half := filepath.Join(dir, "postgres", "cluster.new")
	require.NoError(t, os.MkdirAll(half, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15"), 0o600))
	s := startServer(t, Config{DataDir: dir})
	assert.Equal(t, "up", query(t, s.URL(), "select 'up'"))
	assert.NoDirExists(t, half)
}

func TestServerThatDiedIsStartedAgain(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t, callerAccount())
	cluster := filepath.Join(dir, "postgres", "cluster")
	s := startServer(t, Config{DataDir: dir})
	execute(t, s.URL(), "create table kept as select 'still here' as word")
	require.NoError(t, syscall.Kill(serverPid(t, cluster), syscall.SIGKILL))
	<-s.Done()
	require.FileExists(t, filepath.Join(cluster, "postmaster.pid"))
	s.Stop()

	eventually(t, "the processes of the dead server have ended", func() bool {
		again, err := Start(t.Context(), Config{DataDir: dir})
		s = again
		return err == nil
	})
	t.Cleanup(s.Stop)
	assert.Equal(t, "still here", query(t, s.URL(), "select word from kept"))
}

func TestPidFileOfAnotherProgramIsStale(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t, callerAccount())
	cluster := filepath.Join(dir, "postgres", "cluster")
	s := startServer(t, Config{DataDir: dir})
	pidFile := filepath.Join(cluster, "postmaster.pid")
	text, err := os.ReadFile(pidFile)
	require.NoError(t, err)
	s.Stop()
	// The number of the dead server now belongs to a program of the same user.
	other := s.account(t, cluster).command(t.Context(), "/", "sleep", "600")
	require.NoError(t, other.Start())
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	_, rest, _ := strings.Cut(string(text), "\n")
	require.NoError(t, os.WriteFile(pidFile, []byte(strconv.Itoa(other.Process.Pid)+"\n"+rest), 0o600))

	s = startServer(t, Config{DataDir: dir})
	assert.Equal(t, "up", query(t, s.URL(), "select 'up'"))
	assert.False(t, gone(other.Process.Pid), "the other program was ended")
}

// account is the user that a server's folder belongs to.
func (*Server) account(t *testing.T, cluster string) account {
	t.Helper()
	who, ok := ownerOf(cluster)
	require.True(t, ok)
	return who
}

func TestFolderThatTheServersUserCantEnter(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root starts the server as another user")
	}
	closed := openFolder(t)
	require.NoError(t, os.Chmod(closed, 0o700))
	dir := filepath.Join(closed, "data")
	t.Cleanup(func() { _ = os.RemoveAll(refuge(dir)) })
	log, text := capturedLog()
	s := startServer(t, Config{DataDir: dir, Log: log})
	execute(t, s.URL(), "create table kept as select 'still here' as word")
	assert.Equal(t, filepath.Join(refuge(dir), "postgres"), hostOf(t, s.URL()))
	assert.Equal(t, filepath.Join(refuge(dir), "postgres"), s.Folder())
	assert.Contains(t, text.String(), "local postgres folder moved")
	assert.Contains(t, text.String(), "used="+refuge(dir))
	s.Stop()

	s = startServer(t, Config{DataDir: dir})
	assert.Equal(t, "still here", query(t, s.URL(), "select word from kept"))
}

func TestStartErrors(t *testing.T) {
	t.Parallel()
	_, err := Start(t.Context(), Config{})
	require.ErrorContains(t, err, "no data folder is given")

	dir := dataFolder(t, callerAccount())
	_, err = start(t.Context(), Config{DataDir: dir}, search{})
	require.ErrorContains(t, err, "no PostgreSQL 15 or newer is installed: ")

	_, err = start(t.Context(), Config{DataDir: dir}, search{only: dir, path: []string{dir}})
	require.ErrorContains(t, err, "LOCALPG_BIN names "+dir)
	assert.NoDirExists(t, filepath.Join(dir, "postgres", "cluster"))

	broken := dataFolder(t, callerAccount())
	for _, name := range []string{"postgres", "initdb"} {
		script := "#!/bin/sh\n[ \"$1\" = --version ] && echo 'postgres (PostgreSQL) 17.1' && exit\necho no luck; exit 3\n"
		require.NoError(t, os.WriteFile(filepath.Join(broken, name), []byte(script), 0o755))
	}
	_, err = start(t.Context(), Config{DataDir: dir}, search{path: []string{broken}})
	require.ErrorContains(t, err, "no luck")
	_, err = start(t.Context(), Config{Throwaway: true}, search{path: []string{broken}})
	require.ErrorContains(t, err, "exit status 3")
}

func TestFolderOfAnotherUserIsRefused(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root to make a folder of another user")
	}
	dir := dataFolder(t, callerAccount())
	require.NoError(t, os.Mkdir(filepath.Join(dir, "postgres"), 0o700))
	ordinary := callers(t)["ordinary user"]
	cmd := exec.Command(helperBinary, "-test.run=^$")
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), roleVariable+"=persistent", dirVariable+"="+dir)
	cmd.SysProcAttr = ordinary.attr()
	out, err := cmd.Output()
	require.Error(t, err)
	assert.Contains(t, string(out), "belongs to another user")
}
