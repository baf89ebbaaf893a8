package legacytest

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/legacy/store"
)

var (
	//go:embed testdata/pinned.sql
	pinnedSQL string
	//go:embed testdata/newest.sql
	newestSQL string
)

// writer writes users into a database of the former back end.
type writer struct {
	ctx     context.Context //nolint:containedctx // of one call of write
	tx      *sql.Tx
	sqlite  bool
	newest  bool
	session int
	err     error
}

func models(sqlite, newest bool) string {
	ddl := pinnedSQL
	if newest {
		ddl += newestSQL
	}
	if sqlite {
		types := strings.NewReplacer("SERIAL primary key", "integer primary key autoincrement", "TIMESTAMP", "datetime")
		ddl = types.Replace(ddl)
	}
	return ddl
}

// write makes the tables, unless they are there, and writes users and what belongs to none.
func write(ctx context.Context, db *sql.DB, w writer, users []user, more func(*writer)) (err error) {
	if w.tx, err = db.BeginTx(ctx, nil); err != nil {
		return err
	}
	defer func() { _ = w.tx.Rollback() }() // does nothing after a commit
	w.ctx = ctx
	for i := range users {
		w.user(&users[i])
	}
	if more != nil {
		more(&w)
	}
	if w.err != nil {
		return w.err
	}
	return w.tx.Commit()
}

// insert writes a row; columns are pairs of name and value.
func (w *writer) insert(table string, columns ...any) {
	if w.err != nil {
		return
	}
	var names, places []string
	var values []any
	for pair := range slices.Chunk(columns, 2) {
		name, value := pair[0], pair[1]
		names = append(names, fmt.Sprintf("%q", name))
		if text, ok := value.(string); ok && text == "" && strings.HasSuffix(fmt.Sprint(name), "_at") {
			value = nil
		}
		values = append(values, value)
		if w.sqlite {
			places = append(places, "?")
		} else {
			places = append(places, fmt.Sprintf("$%d", len(values)))
		}
	}
	//nolint:gosec // names of ours only
	query := fmt.Sprintf("insert into %s (%s) values (%s)", table, strings.Join(names, ", "), strings.Join(places, ", "))
	_, w.err = w.tx.ExecContext(w.ctx, query, values...)
}

// column is the JSON of a value; a text is written as it is, nil as null.
func column(value any) any {
	switch value := value.(type) {
	case nil:
		return nil
	case string:
		return value
	}
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // texts, lists and objects
	}
	return string(raw)
}

// user writes a user. The children are spread over the sessions of the user.
func (w *writer) user(u *user) {
	var ids []int
	for range u.sessions {
		w.session++
		ids = append(ids, w.session)
		// Neither step nor progress says anything true.
		w.insert(store.Sessions, "id", w.session, "user_id", u.id, "current_step", 6, "progress", 100.0,
			"started_at", "2025-09-01 09:00:00", "updated_at", "2025-09-01 09:00:00")
		u.count(1, 1, 0, 0)
	}
	next := 0
	session := func(hashed bool) int {
		if hashed && w.sqlite {
			return int(store.HashedID(u.id))
		}
		next++
		return ids[next%len(ids)]
	}
	for _, k := range u.keys {
		w.insert(store.Keys, "session_id", session(false), "provider", k.provider, "key", k.value, "updated_at", k.at)
	}
	for _, a := range u.analyses {
		columns := []any{
			"session_id", session(a.hashed), "website_url", a.website, "status", a.status, "updated_at", a.at,
			"crawl_result", `{"success": true}`,
		}
		for name, value := range a.document {
			columns = append(columns, name, column(value))
		}
		w.insert(store.Analyses, columns...)
	}
	for _, r := range u.research {
		w.insert(store.Preferences,
			"session_id", session(r.hashed), "research_depth", r.depth, "content_types", column(r.types),
			"auto_research", true, "factual_content", false, "writing_style", `{"tone": "a copy"}`, "updated_at", r.at)
	}
	for _, p := range u.personas {
		w.insert(store.Personas,
			"session_id", session(false), "core_persona", column(p.core), "platform_personas", column(p.platforms),
			"quality_metrics", column(p.quality), "selected_platforms", column(p.selected), "updated_at", p.at)
	}
	w.others(u, session)
}

// others writes what only one of the versions has.
func (w *writer) others(u *user, session func(bool) int) {
	if u.business != "" {
		owner := any(1) // whatever the client sent
		if w.newest {
			owner = u.id
			u.count(1, 1, 0, 0)
		} else {
			u.count(1, 0, 1, 0)
		}
		w.insert(store.Business, "user_id", owner, "business_description", u.business)
	}
	if !w.newest {
		return
	}
	for _, c := range u.competitors {
		w.insert(store.Competitors,
			"session_id", session(false), "competitor_url", c["url"], "competitor_domain", c["domain"],
			"analysis_data", column(c), "status", "completed")
		u.want.Research["competitors"] = []any{c}
		u.count(1, 1, 0, 0)
	}
}
