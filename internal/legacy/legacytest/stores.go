package legacytest

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/alwrity/onboarding/internal/legacy/store"
)

// Store is a store that was made, and what is expected of it.
type Store struct {
	// From is its address.
	From string
	// Wants are its users, with the counts of their rows.
	Wants []Want
	// Nobodys are the rows that belong to no user, which are refused.
	Nobodys int
}

// Known are the ids of all users, for the option -users.
func (s Store) Known() (ids []string) {
	for _, want := range s.Wants {
		ids = append(ids, want.ID)
	}
	return ids
}

// Sum adds up what is expected of the rows.
func (s Store) Sum() Counts {
	sum := Counts{Source: s.Nobodys, Refused: s.Nobodys}
	for _, want := range s.Wants {
		sum.Add(want.Counts)
	}
	return sum
}

// Stores makes the four stores with n users each, in folder and in the empty PostgreSQL database at an address.
func Stores(ctx context.Context, folder, address string, n int) ([]Store, error) {
	var stores []Store
	for i, make := range []func() (Store, error){
		func() (Store, error) { return Postgres(ctx, address, 0, n) },
		func() (Store, error) { return SQLite(ctx, filepath.Join(folder, "shared.db"), 1_000_000, n) },
		func() (Store, error) { return Workspace(ctx, filepath.Join(folder, "root"), 2_000_000, n) },
		func() (Store, error) { return JSON(filepath.Join(folder, "json"), 3_000_000, n) },
	} {
		made, err := make()
		if err != nil {
			return nil, fmt.Errorf("make store %d: %w", i+1, err)
		}
		stores = append(stores, made)
	}
	return stores, nil
}

func usersOf(kinds []oneCase, from, n int) []user {
	users := make([]user, n)
	for i := range users {
		users[i] = kinds[i%len(kinds)](from + i)
	}
	return users
}

func wants(users []user) (wants []Want) {
	for _, u := range users {
		wants = append(wants, u.want)
	}
	return wants
}

// Postgres makes the shared database of the pinned version, in an empty database.
func Postgres(ctx context.Context, address string, from, n int) (Store, error) {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return Store{}, err
	}
	defer func() { _ = db.Close() }() // what was written is committed
	if _, err := db.ExecContext(ctx, models(false, false)); err != nil {
		return Store{}, err
	}
	users := usersOf(postgresCases, from, n)
	err = write(ctx, db, writer{}, users, func(w *writer) {
		w.insert(store.Keys, "session_id", nil, "provider", "gemini", "key", geminiKey(9))
	})
	return Store{From: address, Wants: wants(users), Nobodys: 1}, err
}

// SQLite makes the shared database of the pinned version in a file.
func SQLite(ctx context.Context, path string, from, n int) (Store, error) {
	db, err := openSQLite(path)
	if err != nil {
		return Store{}, err
	}
	defer func() { _ = db.Close() }() // what was written is committed
	if _, err := db.ExecContext(ctx, models(true, false)); err != nil {
		return Store{}, err
	}
	users := usersOf(sqliteCases, from, n)
	one, other := colliding()
	colliders := []user{base(from, "x"), base(from, "y"), base(from, "z")}
	colliders[0].id, colliders[1].id = one, other
	for i := range colliders {
		colliders[i].want.ID = colliders[i].id
	}
	users = append(users, colliders...)
	err = write(ctx, db, writer{sqlite: true}, users, func(w *writer) {
		nobodys(w, one)
		// The session of one user has the hashed id of another: only rows that are never hashed are certain.
		hash := int(store.HashedID(users[0].id))
		w.insert(store.Sessions, "id", hash, "user_id", colliders[2].id)
		w.insert(store.Analyses, "session_id", hash, "website_url", address(from), "writing_style", `{"tone": "whose"}`)
		w.insert(store.Keys, "session_id", hash, "provider", "gemini", "key", geminiKey(from+9))
	})
	sure := &users[len(users)-1].want
	sure.Keys["gemini"], sure.Statuses[0] = lastFour(geminiKey(from+9)), completed
	sure.Source, sure.Imported = sure.Source+2, sure.Imported+2
	return Store{From: path, Wants: wants(users), Nobodys: nobodysRows + 1}, err
}

const nobodysRows = 6

// nobodys writes rows that belong to nobody, and one under a hashed id that two users share.
func nobodys(w *writer, shared string) {
	w.insert(store.Sessions, "id", 900_001, "user_id", " ")
	w.insert(store.Keys, "session_id", 900_001, "provider", "gemini", "key", geminiKey(1))
	w.insert(store.Keys, "session_id", nil, "provider", "gemini", "key", geminiKey(2))
	w.insert(store.Analyses, "session_id", 900_002, "website_url", "https://nobody.example", "writing_style", `{"tone": "?"}`)
	w.insert(store.Preferences, "session_id", 2_000_000_000, "research_depth", "Deep", "content_types", "[]")
	w.insert(store.Analyses,
		"session_id", int(store.HashedID(shared)), "website_url", "https://two.example", "writing_style", `{"tone": "whose"}`)
}

// colliding returns two ids with the same hashed id.
func colliding() (one, other string) {
	seen := map[uint32]string{}
	for i := 0; ; i++ {
		id := fmt.Sprintf("user_collides%d", i)
		hash := store.HashedID(id)
		if one, ok := seen[hash]; ok {
			return one, id
		}
		seen[hash] = id
	}
}

func openSQLite(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(0)&_pragma=journal_mode(memory)")
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// folderOf is the name that the newest version gives to the folder of a user.
func folderOf(id, replacement string) string {
	return strings.Join(strings.FieldsFunc(id, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '-' && r != '_'
	}), replacement)
}

// Workspace makes the folders of the newest version, below folder/workspace.
func Workspace(ctx context.Context, folder string, from, n int) (Store, error) {
	template := filepath.Join(folder, "template.db")
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // as the former back end does
		return Store{}, err
	}
	empty, err := openSQLite(template)
	if err != nil {
		return Store{}, err
	}
	if _, err = empty.ExecContext(ctx, models(true, true)); err != nil {
		return Store{}, err
	}
	if err := empty.Close(); err != nil {
		return Store{}, err
	}
	s := Store{From: folder}
	users := usersOf(workspaceCases, from, n)
	// Two ids that make one folder, and so one database.
	same := usersOf([]oneCase{addressUser, addressUser}, from+n, 2)
	same[1].id = strings.ReplaceAll(same[0].id, ".", "")
	same[1].want.ID = same[1].id
	for i := range users {
		if err := workspaceOf(ctx, folder, template, users[i:i+1]); err != nil {
			return s, err
		}
	}
	if err := workspaceOf(ctx, folder, template, same); err != nil {
		return s, err
	}
	s.Wants = wants(append(users, same...))
	err = leftovers(ctx, folder, template, users[0], &s)
	return s, err
}

// leftovers writes a database that is read no more, and one that is torn.
func leftovers(ctx context.Context, folder, template string, of user, s *Store) error {
	old := filepath.Join(folder, "workspace", "workspace_"+folderOf(of.id, ""), "database", "alwrity.db")
	if err := copyTo(template, old); err != nil {
		return err
	}
	db, err := openSQLite(old)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // what was written is committed
	err = write(ctx, db, writer{sqlite: true, newest: true}, nil, func(w *writer) {
		w.insert(store.Sessions, "id", 1, "user_id", of.id)
		w.insert(store.Keys, "session_id", 1, "provider", "gemini", "key", geminiKey(3))
	})
	if err != nil {
		return err
	}
	torn := filepath.Join(folder, "workspace", "workspace_torn", "db", "alwrity_torn.db")
	if err := os.MkdirAll(filepath.Dir(torn), 0o755); err != nil { //nolint:gosec // as the former back end does
		return err
	}
	s.Nobodys += 3 // the two rows, and the file
	return os.WriteFile(torn, []byte("SQLite format"), 0o600)
}

func copyTo(from, to string) error {
	content, err := os.ReadFile(from) //nolint:gosec // ours
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755) //nolint:gosec // as the former back end does
	}
	if err == nil {
		err = os.WriteFile(to, content, 0o600) //nolint:gosec // ours
	}
	return err
}

// workspaceOf makes the folder of users whose ids make the same name.
func workspaceOf(ctx context.Context, folder, template string, users []user) error {
	name := folderOf(users[0].id, "")
	dir := filepath.Join(folder, "workspace", "workspace_"+name)
	path := filepath.Join(dir, "db", "alwrity_"+name+".db")
	if err := copyTo(template, path); err != nil {
		return err
	}
	db, err := openSQLite(path)
	if err != nil {
		return err
	}
	if err := write(ctx, db, writer{sqlite: true, newest: true}, users, nil); err != nil {
		_ = db.Close() // the other error says more
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	u := &users[0]
	if u.integrations == nil {
		return nil
	}
	u.want.Integrations, u.want.Statuses[4] = u.integrations, completed
	u.count(1, 1, 0, 0)
	document, err := json.Marshal(object{"user_id": u.id, "data": object{"source_payload": u.integrations}})
	if err != nil {
		return err
	}
	path = filepath.Join(dir, "agent_context", "step5_integrations.json")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // as the former back end does
		return err
	}
	return os.WriteFile(path, document, 0o600)
}
