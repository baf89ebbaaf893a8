package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Server is how a program reaches the database.
type Server struct {
	// URL is the connection string. Without a pooler its login is a member of both group roles.
	URL string
	// Pooled means that URL leads to a pooler in transaction mode, which keeps neither start-up parameters nor
	// prepared statements nor LISTEN. Each pool then logs in as the login of its role, with the password of URL.
	Pooled bool
	// DirectURL leads past the pooler, for what listens; if it is empty, a pooled program polls.
	DirectURL string
}

// NewServer returns the server of the settings of a program.
func NewServer(url string, pooled bool, directURL string) Server {
	return Server{URL: url, Pooled: pooled, DirectURL: directURL}
}

// PollOnly reports whether the program has to do without LISTEN.
func (s Server) PollOnly() bool { return s.Pooled && s.DirectURL == "" }

// Direct is the server past the pooler.
func (s Server) Direct() Server {
	s.URL = cmp.Or(s.DirectURL, s.URL)
	return s
}

// Login is the login of the pools of a role behind a pooler. It has the rights of the role and no others.
type Login struct {
	Name, Role string
	// Settings are those of its sessions: what a pool without a pooler sends as start-up parameters.
	Settings map[string]string
}

// Logins are the logins that a database behind a pooler in transaction mode needs.
func Logins() []Login {
	return []Login{
		{loginOf(RoleApp), RoleApp, settingsOf(RoleApp)},
		{loginOf(RoleSystem), RoleSystem, settingsOf(RoleSystem)},
	}
}

func loginOf(role string) string { return role + "_login" }

// settingsOf are the settings of the sessions of a role.
func settingsOf(role string) map[string]string {
	settings := map[string]string{
		"jit": "off", // no statement runs for as long as compiling it takes
		// Plans are kept, also those that are made when a database has just been migrated: for an empty table the
		// whole of it is a good plan, until it has grown.
		"enable_seqscan": "off",
	}
	if role == RoleApp {
		// Each of its statements reads few rows by a key, for which one plan is as good as
		// another: five plans made anew on every new connection are not.
		settings["plan_cache_mode"] = "force_generic_plan"
		settings["enable_hashjoin"] = "off"
		settings["enable_mergejoin"] = "off"
	}
	return settings
}

// errNoURL does not repeat the connection string, which may hold a password.
var errNoURL = errors.New("DATABASE_URL is not a PostgreSQL connection string")

// assume gives a connection the rights of a role and its settings.
func (s Server) assume(conn *pgx.ConnConfig, role, name string) {
	conn.RuntimeParams["application_name"] = "onboarding " + name
	if conn.ConnectTimeout == 0 || conn.ConnectTimeout > connectTimeout {
		conn.ConnectTimeout = connectTimeout
	}
	if s.Pooled {
		conn.User = loginOf(role)
		// Statements are described once and sent without a name: the next may reach another connection.
		conn.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
		return
	}
	// At start-up, so that no RESET leaves the role and a pooler that would lose it
	// refuses the connection.
	conn.RuntimeParams["role"] = role
	maps.Copy(conn.RuntimeParams, settingsOf(role))
}

// ErrBypasses means that the role that a pool assumes is not bound by row-level
// security. Programs refuse to start with it.
var ErrBypasses = errors.New("the role bypasses row-level security: run `alter role … nosuperuser nobypassrls`")

// ErrOtherRole means that a connection has other rights than those of its pool's role: a pooler has lost the role, or a
// login behind one has been given more. Programs refuse to start with it.
var ErrOtherRole = errors.New("the connection has other rights than its role: behind a pooler in transaction mode " +
	"set DATABASE_POOLER=transaction, run `worker migrate`, and grant its logins nothing more")

// check refuses a connection whose role row-level security would not bind, that has not the rights of its role and no
// others, or that takes no writes.
func (s Server) check(ctx context.Context, c *pgx.Conn, role string) error {
	var bypasses, exact, readOnly bool
	err := c.QueryRow(ctx, `select rolsuper or rolbypassrls, current_setting('transaction_read_only')::bool, case when $2::boolean
			then pg_has_role(oid, $1, 'usage') and not exists (select from pg_roles g
				where g.rolname in ('onboarding_app', 'onboarding_system') and g.rolname <> $1
					and pg_has_role(r.oid, g.oid, 'member'))
			else rolname = $1 end
		from pg_roles r where rolname = current_user`,
		pgx.QueryExecModeSimpleProtocol, // one round trip, since it is not asked twice
		role, s.Pooled).Scan(&bypasses, &readOnly, &exact)
	switch {
	case err != nil:
		return fmt.Errorf("check the connection: %w", err)
	case bypasses:
		return fmt.Errorf("check the role: %w", ErrBypasses)
	case !exact:
		return fmt.Errorf("check the role %s: %w", role, ErrOtherRole)
	case readOnly:
		return errReadOnly
	}
	return nil
}

// Refused reports whether a program must not start with an error: its connections have other rights than they must
// have.
func Refused(err error) bool {
	return errors.Is(err, ErrBypasses) || errors.Is(err, ErrOtherRole) || losesRole(err)
}

// losesRole reports whether a pooler has refused the start-up parameter that sets the role.
func losesRole(err error) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	return ok && strings.Contains(refused.Message, "startup parameter")
}
