package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// workspacePrefix begins the name of a user's folder; the rest is made of the id.
const workspacePrefix = "workspace_"

// workspace is a folder of one SQLite database for each user.
type workspace struct {
	folders []string
	options Options
	rows    map[string]int
	unknown []string
	known   map[string][]string // ids by the folders' names that they make
}

// workspaces returns the users' folders at a path: itself, those in it, or those in its folder workspace.
func workspaces(path string) ([]string, error) {
	if strings.HasPrefix(filepath.Base(path), workspacePrefix) {
		return []string{path}, nil
	}
	for _, dir := range []string{path, filepath.Join(path, "workspace")} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			return nil, fmt.Errorf("list the workspaces: %w", err)
		}
		var folders []string
		for _, entry := range entries {
			if entry.IsDir() && strings.HasPrefix(entry.Name(), workspacePrefix) {
				folders = append(folders, filepath.Join(dir, entry.Name()))
			}
		}
		if len(folders) > 0 {
			return folders, nil
		}
	}
	return nil, nil
}

func (*workspace) Kind() string           { return "workspace" }
func (w *workspace) Users() int           { return len(w.folders) }
func (w *workspace) Rows() map[string]int { return maps.Clone(w.rows) }
func (w *workspace) Unknown() []string    { return slices.Clone(w.unknown) }
func (*workspace) Close() error           { return nil }

// Each reads the folders one after the other.
func (w *workspace) Each(ctx context.Context, take Take, refuse Refuse) error {
	w.known = map[string][]string{}
	for _, user := range w.options.Known {
		name := fileID(user, "")
		w.known[name] = append(w.known[name], user)
	}
	for _, folder := range w.folders {
		if err := w.folder(ctx, folder, take, refuse); err != nil {
			return err
		}
	}
	return nil
}

// folder reads the database of one folder that the former back end reads. The others it has left behind.
func (w *workspace) folder(ctx context.Context, folder string, take Take, refuse Refuse) error {
	id := strings.TrimPrefix(filepath.Base(folder), workspacePrefix)
	files, err := databasesIn(folder, id)
	if err != nil {
		return err
	}
	step5, of := w.integrations(folder, refuse)
	for i, path := range files {
		read := func(db *database, _ Take, refuse Refuse) error { return db.shadow(ctx, path, refuse) }
		if i == 0 {
			read = func(db *database, take Take, refuse Refuse) error {
				return db.Each(ctx, func(ctx context.Context, user User) error {
					if step5 != nil && (user.ID == of || of == "" && db.Users() == 1) {
						user.Rows = append(user.Rows, *step5)
						step5 = nil
					}
					return take(ctx, user)
				}, refuse)
			}
		}
		if err := w.file(ctx, path, id, read, take, refuse); err != nil {
			return err
		}
	}
	switch {
	case step5 == nil:
	case fileID(of, "") == id:
		return take(ctx, User{ID: of, Rows: []Row{*step5}})
	default:
		refuse(Refusal{Integrations, folder, 1, "ambiguous_folder", "The folder holds the data of no user, or of several."})
	}
	return nil
}

// file reads one database. One that is damaged is refused from there on.
func (w *workspace) file(
	ctx context.Context, path, id string, read func(*database, Take, Refuse) error, take Take, refuse Refuse,
) error {
	damaged := func() {
		w.rows[Sessions]++
		refuse(Refusal{Sessions, path, 1, "unreadable_file", "The file can't be read as a database, or not to its end; " +
			"it counts as one row."})
	}
	db, err := openFile(ctx, path, Options{Batch: w.options.Batch, Known: append([]string{id}, w.known[id]...)}, false)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		damaged()
		return nil
	}
	handed := map[string]int{}
	err = read(db, func(ctx context.Context, user User) error {
		for _, row := range user.Rows {
			if row.Table != Integrations { // which is counted by itself
				handed[row.Table]++
			}
		}
		return take(ctx, user)
	}, func(refusal Refusal) {
		handed[refusal.Table] += refusal.Rows
		refuse(refusal)
	})
	rows := db.Rows()
	for _, name := range db.Unknown() {
		if !slices.Contains(w.unknown, name) {
			w.unknown = append(w.unknown, name)
		}
	}
	if err = errors.Join(err, db.Close()); err != nil {
		if ctx.Err() != nil || !isBroken(err) {
			return err
		}
		damaged()
		rows = handed // nobody knows how many there were
	}
	for table, n := range rows {
		w.rows[table] += n
	}
	return nil
}

// isBroken reports whether a database file is damaged.
func isBroken(err error) bool {
	return slices.ContainsFunc([]string{"malformed", "corrupt", "not a database"}, func(sign string) bool {
		return strings.Contains(err.Error(), sign)
	})
}

// databasesIn returns the databases of a folder, first the one that the former back end reads. A file that is there
// under two names is one.
func databasesIn(folder, id string) ([]string, error) {
	var files []string
	var infos []os.FileInfo
	own := "alwrity_" + id + ".db"
	for _, name := range [][2]string{{"db", own}, {"db", "alwrity.db"}, {"database", own}, {"database", "alwrity.db"}} {
		path := filepath.Join(folder, name[0], name[1])
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look for databases: %w", err)
		}
		if !slices.ContainsFunc(infos, func(other os.FileInfo) bool { return os.SameFile(info, other) }) {
			files, infos = append(files, path), append(infos, info)
		}
	}
	return files, nil
}

// shadow refuses all rows of a database that the former back end does not read any more.
func (d *database) shadow(ctx context.Context, file string, refuse Refuse) error {
	for _, table := range Tables {
		err := d.group(ctx, table, "''", "''", func(_, _ string, n int) {
			d.rows[table] += n
			refuse(Refusal{table, file, n, "left_behind", "The former back end reads another database of the user."})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// integrations returns what the user has chosen in step 5, which stands in a file of its own, nil without one, and whom
// the file names.
func (w *workspace) integrations(folder string, refuse Refuse) (row *Row, user string) {
	path := filepath.Join(folder, "agent_context", "step5_integrations.json")
	raw, err := os.ReadFile(path) //nolint:gosec // below the folder that the operator names
	if err != nil {
		return nil, ""
	}
	w.rows[Integrations]++
	var document struct {
		UserID string                     `json:"user_id"`
		Data   map[string]json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(raw, &document); err != nil || len(document.Data) == 0 {
		refuse(Refusal{Integrations, path, 1, "invalid_json", "The file is not complete."})
		return nil, ""
	}
	data := string(first(document.Data, "source_payload"))
	if !strings.HasPrefix(strings.TrimSpace(data), "{") {
		encoded, err := json.Marshal(map[string]json.RawMessage{"integrations": first(document.Data, "integrations")})
		if err != nil { // what was decoded can be encoded
			return nil, ""
		}
		data = string(encoded)
	}
	if !isUserID(document.UserID) {
		document.UserID = ""
	}
	return &Row{Integrations, map[string]string{"data": data}}, document.UserID
}
