package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
	_ "modernc.org/sqlite"             // the driver sqlite
)

// childTables are those whose rows name a session.
var childTables = []string{Keys, Analyses, Preferences, Personas, Competitors}

// database is a database of the former back end, read in one transaction.
type database struct {
	kind    string
	options Options
	db      *sql.DB
	tx      *sql.Tx
	// columns are those that are read of each table.
	columns map[string][]string
	unknown []string
	rows    map[string]int
	users   int
}

var errNoSessions = errors.New("has no table onboarding_sessions: it is no database of ALwrity")

func openPostgres(ctx context.Context, address string, o Options) (Store, error) {
	return openDatabase(ctx, "pgx", address, &database{kind: "postgres", options: o}, true)
}

func openSQLite(ctx context.Context, path string, o Options) (Store, error) {
	return openFile(ctx, path, o, true)
}

// sqliteHeader begins every SQLite database.
const sqliteHeader = "SQLite format 3\x00"

var errNoSQLite = errors.New("is no SQLite database")

func openFile(ctx context.Context, path string, o Options, needsSessions bool) (*database, error) {
	file, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return nil, fmt.Errorf("open the former store: %w", err)
	}
	header := make([]byte, len(sqliteHeader))
	_, err = io.ReadFull(file, header)
	if err = errors.Join(err, file.Close()); err != nil || string(header) != sqliteHeader {
		return nil, fmt.Errorf("%s %w", path, errNoSQLite)
	}
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	return openDatabase(ctx, "sqlite", "file:"+escaped+"?mode=ro&_pragma=query_only(1)",
		&database{kind: "sqlite", options: o}, needsSessions)
}

func openDatabase(ctx context.Context, driver, address string, d *database, needsSessions bool) (*database, error) {
	db, err := sql.Open(driver, address)
	if err != nil {
		return nil, fmt.Errorf("open the former database: %w", err)
	}
	db.SetMaxOpenConns(1)
	d.db, d.rows = db, map[string]int{}
	options := &sql.TxOptions{ReadOnly: true}
	if d.kind == "postgres" {
		options.Isolation = sql.LevelRepeatableRead
	}
	if d.tx, err = db.BeginTx(ctx, options); err == nil {
		err = d.readColumns(ctx)
	}
	if err == nil && needsSessions && len(d.columns[Sessions]) == 0 {
		err = errNoSessions
	}
	if err == nil && len(d.columns[Sessions]) > 0 {
		err = d.tx.QueryRowContext(ctx, "select count(distinct user_id) from onboarding_sessions").Scan(&d.users)
	}
	if err != nil {
		_ = d.Close()
		return nil, fmt.Errorf("read the former database: %w", err)
	}
	return d, nil
}

func (d *database) Kind() string         { return d.kind }
func (d *database) Users() int           { return d.users }
func (d *database) Rows() map[string]int { return maps.Clone(d.rows) }
func (d *database) Unknown() []string    { return slices.Clone(d.unknown) }

func (d *database) Close() error {
	if d.tx != nil {
		_ = d.tx.Rollback() // it was only read
	}
	return d.db.Close()
}

// readColumns finds out which tables and columns there are: they differ by the version of the back end.
func (d *database) readColumns(ctx context.Context) error {
	query := "select name from pragma_table_info(?)"
	if d.kind == "postgres" {
		query = "select column_name::text from information_schema.columns " +
			"where table_name = $1 and table_schema = any (current_schemas(false))"
	}
	d.columns = map[string][]string{}
	for _, table := range Tables {
		err := d.query(ctx, query, []any{table}, func(values []sql.NullString) error {
			name := values[0].String
			if wanted(table, name) {
				d.columns[table] = append(d.columns[table], name)
			} else if !Known(table, name) {
				d.unknown = append(d.unknown, table+"."+name)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("read the columns of %s: %w", table, err)
		}
	}
	return nil
}

// query calls each with the values of every row.
func (d *database) query(ctx context.Context, query string, args []any, each func([]sql.NullString) error) error {
	rows, err := d.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // its error is that of Err
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := each(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Each reads the users in the order of their sessions.
func (d *database) Each(ctx context.Context, take Take, refuse Refuse) error {
	o, err := d.index(ctx, refuse)
	if err != nil {
		return err
	}
	d.users = len(o.users)
	for users := range slices.Chunk(o.users, max(d.options.Batch, 1)) {
		read, err := d.read(ctx, o, users)
		if err != nil {
			return err
		}
		for _, user := range users {
			rows := read[user]
			slices.SortStableFunc(rows, newestFirst)
			if err := take(ctx, User{ID: user, Rows: rows}); err != nil {
				return err
			}
			delete(read, user)
		}
	}
	return nil
}

// index finds out whose all rows are, and refuses those that are nobody's.
func (d *database) index(ctx context.Context, refuse Refuse) (*owners, error) {
	var sessions [][2]string
	err := d.group(ctx, Sessions, "id", "user_id", func(id, user string, n int) {
		d.rows[Sessions] += n
		sessions = append(sessions, [2]string{id, user})
		if !isUserID(user) {
			refuse(Refusal{Sessions, "session " + id, n, "invalid_user", "The session names no user."})
		}
	})
	if err != nil {
		return nil, err
	}
	o := newOwners(sessions, d.options.Known)
	for _, table := range childTables {
		err := d.group(ctx, table, "session_id", "''", func(id, _ string, n int) {
			d.rows[table] += n
			user, refusal := o.claim(table, id)
			if user != "" {
				o.add(user, id)
				return
			}
			refusal.Table, refusal.Where, refusal.Rows = table, "session "+id, n
			refuse(refusal)
		})
		if err != nil {
			return nil, err
		}
	}
	return o, d.group(ctx, Business, "user_id", "''", func(user, _ string, n int) {
		d.rows[Business] += n
		if o.known[user] {
			o.add(user, "")
			return
		}
		refuse(Refusal{Business, "user " + user, n, "unmatched_user", "The user is not known."})
	})
}

// group calls each with every pair of values of a table, and how many rows have it.
func (d *database) group(ctx context.Context, table, a, b string, each func(a, b string, n int)) error {
	if len(d.columns[table]) == 0 {
		return nil
	}
	query := fmt.Sprintf("select cast(%s as text), cast(%s as text), count(*) from %s group by 1, 2 order by 1, 2",
		a, b, table)
	if table == Sessions {
		query = "select cast(id as text), cast(user_id as text), 1 from onboarding_sessions order by id"
	}
	err := d.query(ctx, query, nil, func(values []sql.NullString) error {
		n, err := strconv.Atoi(values[2].String)
		each(values[0].String, values[1].String, n)
		return err
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", table, err)
	}
	return nil
}

// maxParameters is how many values a statement names at most.
const maxParameters = 10_000

// read returns the rows of some users.
func (d *database) read(ctx context.Context, o *owners, users []string) (map[string][]Row, error) {
	read := map[string][]Row{}
	var ids []string
	for _, user := range users {
		for _, id := range o.sessions[user] {
			ids = append(ids, id)
			if o.owner[id] == user {
				read[user] = append(read[user], Row{Sessions, map[string]string{"id": id, "user_id": user}})
			}
		}
	}
	for _, table := range childTables {
		err := d.rowsOf(ctx, table, "session_id", ids, func(row Row) {
			if user, _ := o.claim(table, row.Columns["session_id"]); user != "" {
				read[user] = append(read[user], row)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	err := d.rowsOf(ctx, Business, "user_id", users, func(row Row) {
		user := row.Columns["user_id"]
		read[user] = append(read[user], row)
	})
	return read, err
}

// rowsOf calls each with the rows of a table whose column has one of the values.
func (d *database) rowsOf(ctx context.Context, table, column string, values []string, each func(Row)) error {
	names := d.columns[table]
	if len(names) == 0 {
		return nil
	}
	casts := make([]string, len(names))
	for i, name := range names {
		casts[i] = `cast("` + name + `" as text)`
	}
	for part := range slices.Chunk(values, maxParameters) {
		args, places := make([]any, len(part)), make([]string, len(part))
		for i, value := range part {
			args[i], places[i] = value, "?"
			if d.kind == "postgres" {
				places[i] = "$" + strconv.Itoa(i+1)
			}
		}
		query := fmt.Sprintf("select %s from %s where cast(%s as text) in (%s)",
			strings.Join(casts, ", "), table, column, strings.Join(places, ", "))
		err := d.query(ctx, query, args, func(texts []sql.NullString) error {
			row := Row{table, map[string]string{}}
			for i, text := range texts {
				if text.Valid {
					row.Columns[names[i]] = text.String
				}
			}
			each(row)
			return nil
		})
		if err != nil {
			return fmt.Errorf("read %s: %w", table, err)
		}
	}
	return nil
}
