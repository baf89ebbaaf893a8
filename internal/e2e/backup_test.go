package e2e_test

import (
	"net/http"
	neturl "net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/localpg"
)

// shellBlocks matches the commands of a page.
var shellBlocks = regexp.MustCompile("(?s)\n```sh\n(.*?)\n```\n")

// backupCommands returns the commands of docs/operations.md that create the login for
// backups, back up and restore.
func backupCommands(t *testing.T) (prepare, dump, restore string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), "\n## Back up and restore\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	blocks := shellBlocks.FindAllStringSubmatch(section, -1)
	require.Len(t, blocks, 3)
	return blocks[0][1], blocks[1][1], blocks[2][1]
}

// needClient skips a test if PostgreSQL's client is not installed, except in CI.
func needClient(t *testing.T) {
	t.Helper()
	for _, program := range []string{"psql", "pg_dump", "pg_restore"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is missing: install PostgreSQL's client (postgresql-client)", program)
			}
			t.Skipf("%s is missing: install PostgreSQL's client (postgresql-client) to test backup and restore", program)
		}
	}
}

// ownServer starts a server of the test's own and returns its address for a login and
// a database.
func ownServer(t *testing.T) func(login, database string) string {
	t.Helper()
	server, err := localpg.Start(t.Context(), localpg.Config{Throwaway: true})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	return func(login, database string) string {
		u, err := neturl.Parse(server.URL())
		require.NoError(t, err)
		query := u.Query()
		if login != "" {
			u.User = nil
			query.Set("user", login)
		}
		u.RawQuery, u.Path = query.Encode(), "/"+database
		return u.String()
	}
}

// shell runs commands of the page, worker among them.
func (e environment) shell(commands string, settings ...string) (string, error) {
	e.t.Helper()
	dir, err := programs()
	require.NoError(e.t, err)
	cmd := exec.CommandContext(e.t.Context(), "sh", "-euc", commands)
	cmd.Env = append([]string{"PATH=" + dir + ":" + os.Getenv("PATH"), "DEPLOY_ENV=local", "DATA_DIR=" +
		e.dataDir, "HOME=" + e.dataDir}, settings...)
	output, err := cmd.CombinedOutput()
	return string(output), err
}

// A backup is made and restored on an empty server by the commands of the page while a
// website is read: the analysis continues from its checkpoints, and so does the user.
func TestRestoreOfABackup(t *testing.T) {
	t.Parallel()
	needClient(t)
	prepare, dump, restore := backupCommands(t)
	file := filepath.Join(t.TempDir(), "onboarding.dump")
	shop := newSite(t, "/pricing")

	source := ownServer(t)
	e := environment{t: t, databaseURL: source("", "postgres"), dataDir: t.TempDir()}
	output, err := e.run("worker", "migrate", "up")
	require.NoError(t, err, output)
	worker, api := e.worker(), e.api()
	require.Equal(t, http.StatusOK, api.call(http.MethodPost, "/api/onboarding/step/1/skip", nil).status)
	require.Equal(t, http.StatusAccepted, api.submit(shop.url).status)
	<-shop.reached
	had := shop.counts()
	output, err = e.shell(prepare+"\n"+dump, "ADMIN_URL="+source("", "postgres"), "BACKUP_URL="+
		source("onboarding_backup", "postgres"), "BACKUP_FILE="+file)
	require.NoError(t, err, output)
	version := api.call(http.MethodGet, "/api/onboarding/status", nil).text("version")
	require.NoError(t, worker.Process.Kill()) // the old server is gone
	shop.release()

	target := ownServer(t)
	settings := []string{
		"ADMIN_URL=" + target("", "postgres"), "BACKUP_FILE=" + file,
		"DATABASE_URL=" + target("onboarding", "onboarding"), "MIGRATE_DATABASE_URL=" +
			target("onboarding_owner", "onboarding"),
	}
	output, err = e.shell(restore, settings...)
	require.NoError(t, err, output)
	_, err = e.shell(restore, settings...)
	require.Error(t, err, "it does not write over what is there")

	e.databaseURL = target("onboarding", "onboarding")
	e.worker()
	api = e.api()
	assert.Equal(t, version, api.call(http.MethodGet, "/api/onboarding/status", nil).text("version"))
	api.completed(60 * time.Second)
	for path, n := range had {
		if path != "/pricing" && path != "/robots.txt" && path != "/sitemap.xml" {
			assert.Equal(t, n, shop.counts()[path], "%s was fetched again", path)
		}
	}
	done := api.call(http.MethodPost, "/api/onboarding/step/3/complete",
		map[string]any{"data": map[string]any{"research_depth": "Standard", "content_types": []string{"Blog Posts"}}})
	assert.Equal(t, http.StatusOK, done.status, done.body)
	assert.Equal(t, "50", api.call(http.MethodGet, "/api/onboarding/status", nil).text("completion_percentage"))
	output, err = e.runWith(map[string]string{"DATABASE_URL": e.databaseURL}, "worker", "doctor")
	assert.NoError(t, err, output)
	db := openAll(t, e.databaseURL)
	assert.Equal(t, 1, value[int](t, db, "select count(*)::int from submissions where kind = 'website_analysis'"))
	assert.Equal(t, 0, value[int](t, db,
		"select count(*)::int from (select session_id, seq from step_events group by 1, 2 having count(*) > 1) d"))
}

// A backup by the owner fails because row-level security is forced, rather than leaving
// rows out: this is why backups need a login of their own.
func TestTheOwnerCantBackUp(t *testing.T) {
	t.Parallel()
	needClient(t)
	_, dump, restore := backupCommands(t)
	create, _, found := strings.Cut(restore, "pg_restore")
	require.True(t, found)
	server := ownServer(t)
	e := environment{t: t, dataDir: t.TempDir()}
	settings := []string{
		"ADMIN_URL=" + server("", "postgres"), "BACKUP_URL=" + server("onboarding_owner", "onboarding"), "BACKUP_FILE=" +
			filepath.Join(t.TempDir(), "dump"),
		"DATABASE_URL=" + server("onboarding", "onboarding"), "MIGRATE_DATABASE_URL=" +
			server("onboarding_owner", "onboarding"),
	}
	output, err := e.shell(create+"\nworker migrate up", settings...)
	require.NoError(t, err, output)
	output, err = e.shell(dump, settings...)
	require.Error(t, err)
	assert.Contains(t, output, "row-level security")
}
