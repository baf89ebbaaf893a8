package pgtest

import (
	"log/slog"
	"net/url"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/migrations"
)

// TEST_DATABASE_THROUGH is the address (host:port) of what the tests run through: a pooler, if DATABASE_POOLER
// says so, or a proxy. It stands before the server of TEST_DATABASE_URL. The template databases are made past it.
var testsThrough, pooled = os.Getenv("TEST_DATABASE_THROUGH"), os.Getenv("DATABASE_POOLER") != ""

// through returns a connection string that leads through what the tests run through.
func through(databaseURL string) string {
	if testsThrough == "" {
		return databaseURL
	}
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return databaseURL
	}
	return (&url.URL{
		Scheme: "postgres", User: url.UserPassword(config.User, config.Password), Host: testsThrough,
		Path: "/" + config.Database, RawQuery: "sslmode=disable" + withoutNames(),
	}).String()
}

// withoutNames is the parameter of connections through a pooler, which keeps no named statements.
func withoutNames() string {
	if !pooled {
		return ""
	}
	return "&default_query_exec_mode=cache_describe"
}

// Direct returns the connection string of the same database and login past what the tests run through, for what needs
// a session of its own.
func Direct(databaseURL string) string {
	server, err := serverURL()
	if testsThrough == "" || err != nil {
		return databaseURL
	}
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return databaseURL
	}
	return withDatabase(server, config.Database)
}

// Server returns how programs reach the database of a connection string.
func Server(databaseURL string) postgres.Server {
	if Pooler(databaseURL) == "" {
		return postgres.Server{URL: databaseURL}
	}
	return postgres.Server{URL: databaseURL, Pooled: true, DirectURL: Direct(databaseURL)}
}

// Pooler returns what DATABASE_POOLER has to be for programs that reach the database by a connection string.
func Pooler(databaseURL string) string {
	if pooled && strings.Contains(databaseURL, withoutNames()) {
		return os.Getenv("DATABASE_POOLER")
	}
	return ""
}

// migration is how a database is migrated: past what the tests run through.
func migration(databaseURL string, log *slog.Logger) migrations.Config {
	config := migrations.Config{URL: databaseURL, Log: log}
	if pooled {
		config.ProgramURL = databaseURL // whose password is the logins'
		for _, login := range postgres.Logins() {
			config.Logins = append(config.Logins, migrations.Login(login))
		}
	}
	return config
}
