package migrations_test

import (
	"context"
	"flag"
	"log/slog"
	neturl "net/url"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/migrations"
)

var update = flag.Bool("update", false, "write schema.sql instead of comparing it")

func owner(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}

func up(ctx context.Context, url string) error {
	return migrations.Up(ctx, migrations.Config{URL: url, Log: slog.New(slog.DiscardHandler)})
}

func TestSchemaDumpIsCurrent(t *testing.T) {
	t.Parallel()
	got, err := dump(t.Context(), owner(t, pgtest.NewURL(t)))
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile("schema.sql", []byte(got), 0o600))
		return
	}
	committed, err := os.ReadFile("schema.sql")
	require.NoError(t, err)
	require.Equal(t, string(committed), got, "schema.sql is not what the migrations make: run `make generate`")
}

func TestTenMigrationsAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.Direct(pgtest.NewEmptyURL(t))
	require.ErrorIs(t, postgres.Ready(t.Context(), owner(t, url)), postgres.ErrOutdated)
	group, ctx := errgroup.WithContext(t.Context())
	for range 10 {
		group.Go(func() error { return up(ctx, url) })
	}
	require.NoError(t, group.Wait())
	require.NoError(t, postgres.Ready(t.Context(), owner(t, url)))

	list, err := migrations.List(t.Context(), url)
	require.NoError(t, err)
	require.EqualValues(t, postgres.SchemaVersion, list[len(list)-1].Version, "the programs wait for the newest migration")
	for _, m := range list {
		assert.False(t, m.AppliedAt.IsZero(), m.Name)
	}
}

func TestTheProgramsLoginMayAssumeTheRoles(t *testing.T) {
	t.Parallel()
	url := pgtest.Direct(pgtest.NewEmptyURL(t))
	pool := owner(t, url)
	login := "login_" + uuid.NewString()[:8]
	_, err := pool.Exec(t.Context(), "create role "+login+" login nosuperuser")
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := pool.Exec(context.Background(), "drop role "+login)
		assert.NoError(t, err)
	})
	program := asLogin(t, url, login)
	for range 2 {
		require.NoError(t, migrations.Up(t.Context(), migrations.Config{
			URL: url, ProgramURL: program, Log: slog.New(slog.DiscardHandler),
		}))
	}
	for _, role := range []string{postgres.RoleApp, postgres.RoleSystem} {
		assumed, err := postgres.OpenPool(t.Context(),
			postgres.PoolConfig{Server: postgres.Server{URL: program}, Role: role, Registry: prometheus.NewRegistry()})
		require.NoError(t, err)
		require.NoError(t, postgres.Ready(t.Context(), assumed), role)
		assumed.Close()
	}
}

// The logins behind a pooler are members of one role each, with its settings and the programs' password, of which only a
// hash is sent. The programs' own login becomes a member of nothing.
func TestLoginsBehindAPooler(t *testing.T) {
	t.Parallel()
	url := pgtest.Direct(pgtest.NewEmptyURL(t))
	pool := owner(t, url)
	unused, login := "unused_"+uuid.NewString()[:8], "login_"+uuid.NewString()[:8]
	t.Cleanup(func() {
		_, err := pool.Exec(context.Background(), "drop role "+login)
		assert.NoError(t, err)
	})
	program, err := neturl.Parse(asLogin(t, url, unused))
	require.NoError(t, err)
	program.User = neturl.UserPassword(unused, "secret")
	for range 2 {
		require.NoError(t, migrations.Up(t.Context(), migrations.Config{
			URL: url, ProgramURL: program.String(), Log: slog.New(slog.DiscardHandler),
			Logins: []migrations.Login{{Name: login, Role: postgres.RoleApp, Settings: map[string]string{"jit": "off"}}},
		}))
	}
	var member, other, scram bool
	var settings []string
	require.NoError(t, pool.QueryRow(t.Context(), `select pg_has_role($1, 'onboarding_app', 'usage'),
			pg_has_role($1, 'onboarding_system', 'member'), rolpassword like 'SCRAM-SHA-256$4096:%',
			(select setconfig from pg_db_role_setting where setrole = a.oid)
		from pg_authid a where rolname = $1`, login).Scan(&member, &other, &scram, &settings))
	assert.True(t, member)
	assert.False(t, other)
	assert.True(t, scram)
	assert.Equal(t, []string{"jit=off"}, settings)
	var there bool
	require.NoError(t, pool.QueryRow(t.Context(), "select exists (select from pg_roles where rolname = $1)", unused).Scan(&there))
	assert.False(t, there)
}

// asLogin returns the connection string with another login.
func asLogin(t *testing.T, url, login string) string {
	t.Helper()
	u, err := neturl.Parse(url)
	require.NoError(t, err)
	u.User = neturl.User(login)
	query := u.Query()
	query.Del("user")
	u.RawQuery = query.Encode()
	return u.String()
}

func insertSession(t *testing.T, system *pgxpool.Pool, userID string) uuid.UUID {
	t.Helper()
	id := uuid.New()
	_, err := system.Exec(t.Context(), "insert into onboarding_sessions (id, user_id) values ($1, $2)", id, userID)
	require.NoError(t, err)
	return id
}

func TestRowSecurity(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	insertSession(t, db.System, "ann")
	insertSession(t, db.System, "bob")

	// as returns what a statement of the app role finds with app.user_id set, or
	// never set if user is "".
	as := func(t *testing.T, user, sql string) (found int, err error) {
		t.Helper()
		err = pgx.BeginFunc(t.Context(), db.App, func(tx pgx.Tx) error {
			if user != "" {
				if _, err := tx.Exec(t.Context(), "select set_config('app.user_id', $1, true)", user); err != nil {
					return err
				}
			}
			tag, err := tx.Exec(t.Context(), sql)
			found = int(tag.RowsAffected())
			return err
		})
		return found, err
	}
	tests := []struct {
		name, user, sql string
		found           int
	}{
		{"sees own row", "ann", "select from onboarding_sessions", 1},
		{"sees nothing unset", "", "select from onboarding_sessions", 0},
		{"sees no other's row", "ann", "select from onboarding_sessions where user_id = 'bob'", 0},
		{"changes no other's row", "ann", "update onboarding_sessions set version = 9 where user_id = 'bob'", 0},
		{"deletes no other's row", "ann", "delete from onboarding_sessions where user_id = 'bob'", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, err := as(t, test.user, test.sql)
			require.NoError(t, err)
			assert.Equal(t, test.found, found)
		})
	}
	for name, sql := range map[string]string{
		"writes for another":  "insert into onboarding_sessions (id, user_id) values (gen_random_uuid(), 'eve')",
		"reads worker beats":  "select from worker_beats",
		"reads one partition": "select from step_events_default",
		"reads jobs":          "select from river_job",
		"reads limits":        "select from upstream_limits",
		"reads operations":    "select from bulk_operations",
		"rewrites history":    "update step_events set message = ''",
	} {
		t.Run("refused: "+name, func(t *testing.T) {
			_, err := as(t, "ann", sql)
			var pgErr *pgconn.PgError
			require.ErrorAs(t, err, &pgErr)
			assert.Equal(t, "42501", pgErr.Code)
		})
	}
	var all int
	require.NoError(t, db.System.QueryRow(t.Context(), "select count(*) from onboarding_sessions").Scan(&all))
	assert.Equal(t, 2, all, "the system role sees all")
}

// FORCE binds the owner of the tables too, so that a backfill could silently find
// no row. Up makes the migrating login a member of onboarding_system, whose policy
// lets it see all of them.
func TestBackfillUnderForce(t *testing.T) {
	t.Parallel()
	admin, login, pool := migratingLogin(t)
	require.NoError(t, up(t.Context(), pool.Config().ConnString()))

	_, err := pool.Exec(t.Context(), "insert into onboarding_sessions (id, user_id) values (gen_random_uuid(), 'ann')")
	require.NoError(t, err)
	backfill := func() int64 {
		tag, err := pool.Exec(t.Context(), "update onboarding_sessions set version = version + 1")
		require.NoError(t, err)
		return tag.RowsAffected()
	}
	assert.EqualValues(t, 1, backfill(), "the migrating login finds the row")
	lastYear := time.Now().AddDate(-1, 0, 0)
	require.NoError(t, migrations.CreatePartitions(t.Context(), pool, lastYear))
	_, err = pool.Exec(t.Context(), `insert into step_events (session_id, seq, at, user_id, step, status)
		select id, 1, $1, user_id, 1, 'pending' from onboarding_sessions`, lastYear)
	require.NoError(t, err)
	_, err = admin.Exec(t.Context(), "revoke onboarding_system from "+login+" cascade")
	require.NoError(t, err)
	assert.Zero(t, backfill(), "without the membership the owner finds none: FORCE is on")
	dropped, err := migrations.DropOldPartitions(t.Context(), pool, time.Now())
	require.NoError(t, err)
	assert.NotEmpty(t, dropped)
	assert.NotContains(t, dropped, lastYear.UTC().Format("step_events_y2006m01"),
		"a row that the owner does not see is one")
}

// migratingLogin returns a login that may migrate and is no superuser, a pool of it on an empty
// database that it owns, and a pool of the server's administrator.
func migratingLogin(t *testing.T) (admin *pgxpool.Pool, login string, pool *pgxpool.Pool) {
	t.Helper()
	admin = owner(t, pgtest.NewURL(t))
	login = "owner_" + uuid.NewString()[:8]
	for _, sql := range []string{
		"create role " + login + " login nosuperuser nobypassrls createrole",
		"grant onboarding_app, onboarding_system to " + login + " with admin option",
		"grant " + login + " to current_user", // to give it a database, unless we are a superuser
	} {
		_, err := admin.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	t.Cleanup(func() {
		_, err := admin.Exec(context.Background(), "drop role "+login)
		assert.NoError(t, err)
	})
	pool = ownedDatabase(t, login)
	return admin, login, pool
}

// ownedDatabase returns a pool of login on an empty database that it owns.
func ownedDatabase(t *testing.T, login string) *pgxpool.Pool {
	t.Helper()
	url := pgtest.Direct(pgtest.NewEmptyURL(t))
	admin := owner(t, url)
	var name string
	require.NoError(t, admin.QueryRow(t.Context(), "select current_database()").Scan(&name))
	for _, sql := range []string{"alter database " + name + " owner to " +
		login, "alter schema public owner to " + login} {
		_, err := admin.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	return owner(t, asLogin(t, url, login))
}

func TestPartitions(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	admin := owner(t, pgtest.Direct(db.URL))
	partitions := func() (n int) {
		require.NoError(t, admin.QueryRow(t.Context(),
			"select count(*) from pg_inherits where inhparent = 'step_events'::regclass").Scan(&n))
		return n
	}
	assert.Equal(t, 26, partitions(), "this month, 24 ahead, and the default")
	require.NoError(t, migrations.CreatePartitions(t.Context(), admin, time.Now()))
	assert.Equal(t, 26, partitions(), "a second call changes nothing")
	require.NoError(t, migrations.CreatePartitions(t.Context(), admin, time.Now().AddDate(0, 2, 0)))
	assert.Equal(t, 28, partitions(), "two months later two are added")

	id := insertSession(t, db.System, "ann")
	for _, at := range []time.Time{time.Now(), time.Now().AddDate(-1, 0, 0)} {
		_, err := db.System.Exec(t.Context(), `insert into step_events (session_id, seq, at, user_id, step, status)
			values ($1, 1, $2, 'ann', 1, 'pending')`, id, at)
		require.NoError(t, err)
	}
	where := func() []string {
		rows, err := db.System.Query(t.Context(), "select tableoid::regclass::text from step_events order by at")
		require.NoError(t, err)
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		return tables
	}
	month := time.Now().UTC().Format("step_events_y2006m01")
	assert.Equal(t, []string{"step_events_default", month}, where())

	lastYear := time.Now().AddDate(-1, 0, 0)
	require.NoError(t, migrations.CreatePartitions(t.Context(), admin, lastYear), "made too late")
	assert.Equal(t, []string{lastYear.UTC().Format("step_events_y2006m01"), month}, where(), "the row moved")
	before := partitions()

	dropped, err := migrations.DropOldPartitions(t.Context(), admin, time.Now())
	require.NoError(t, err)
	assert.Equal(t, []string{lastYear.UTC().Format("step_events_y2006m01"), month}, where(), "what holds events stays")
	assert.Len(t, dropped, before-partitions())
	assert.GreaterOrEqual(t, len(dropped), 10, "the empty months between")
	for _, name := range dropped {
		assert.Less(t, name, time.Now().UTC().AddDate(0, 0, -time.Now().UTC().Day()).Format("step_events_y2006m01"),
			"before the last month")
	}
	var hidden bool
	require.NoError(t,
		admin.QueryRow(t.Context(),
			"select bool_and(relforcerowsecurity) from pg_class where relname like 'step_events_y%' and relkind = 'r'").Scan(
			&hidden,
		))
	assert.True(t, hidden, "nobody reads a partition directly")
}

// Maintenance makes missing partitions, drops what a rebuild that broke off has left,
// and leaves every index valid.
func TestMaintain(t *testing.T) {
	t.Parallel()
	url := pgtest.NewURL(t)
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	next := time.Now().UTC().AddDate(0, 0, 1-time.Now().UTC().Day()).AddDate(0, 3, 0).Format("step_events_y2006m01")
	_, err = conn.Exec(t.Context(), "drop table "+next)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `create index submissions_session_ccnew on submissions (session_id);
		update pg_index set indisvalid = false where indexrelid = 'submissions_session_ccnew'::regclass`)
	require.NoError(t, err)
	var did []string
	require.NoError(t, migrations.Maintain(t.Context(), url, func(line string) { did = append(did, line) }))
	assert.Contains(t, did, "dropped the invalid index submissions_session_ccnew")
	var there bool
	require.NoError(t, conn.QueryRow(t.Context(), "select to_regclass($1) is not null", next).Scan(&there))
	assert.True(t, there, "the partition is made again")
	var invalid int
	require.NoError(t, conn.QueryRow(t.Context(), "select count(*) from pg_index where not indisvalid").Scan(&invalid))
	assert.Zero(t, invalid)
}
