package store

import (
	"cmp"
	"slices"
	"strconv"
)

// hashedTables are those that the former back end writes under hashed ids.
var hashedTables = []string{Analyses, Preferences}

// owners tell whose the rows of a session are.
type owners struct {
	users []string // in the order in which they are read
	// listed are the users among them, known all whose ids are known.
	listed, known map[string]bool
	// sessions are the ids under which rows of a user stand.
	sessions map[string][]string
	owner    map[string]string   // of a session that has a row
	nobodys  map[string]bool     // sessions whose row names nobody
	hashed   map[string][]string // users by their hashed ids
}

// newOwners takes the sessions of a store as pairs of id and user, and ids of users that it may not name.
func newOwners(sessions [][2]string, known []string) *owners {
	o := &owners{
		listed: map[string]bool{}, known: map[string]bool{}, sessions: map[string][]string{}, owner: map[string]string{},
		nobodys: map[string]bool{}, hashed: map[string][]string{},
	}
	for _, s := range sessions {
		id, user := s[0], s[1]
		if !isUserID(user) {
			o.nobodys[id] = true
			continue
		}
		o.add(user, id)
		o.owner[id] = user
	}
	for _, user := range append(slices.Clone(o.users), known...) {
		if o.known[user] {
			continue
		}
		o.known[user] = true
		hash := strconv.FormatUint(uint64(HashedID(user)), 10)
		o.hashed[hash] = append(o.hashed[hash], user)
	}
	return o
}

// add has a user read with the rows of a session, "" for none.
func (o *owners) add(user, id string) {
	if !o.listed[user] {
		o.listed[user] = true
		o.users = append(o.users, user)
	}
	if id != "" && !slices.Contains(o.sessions[user], id) {
		o.sessions[user] = append(o.sessions[user], id)
	}
}

// claim returns the user whose the rows of a session are in a table, or why they are nobody's.
func (o *owners) claim(table, id string) (user string, refusal Refusal) {
	owner, has := o.owner[id]
	if has && !slices.Contains(hashedTables, table) {
		return owner, refusal
	}
	candidates := slices.Clone(o.hashed[id])
	if has && !slices.Contains(candidates, owner) {
		candidates = append(candidates, owner)
	}
	switch {
	case len(candidates) == 1:
		return candidates[0], refusal
	case len(candidates) > 1:
		refusal.Code = "ambiguous_session"
		refusal.Reason = "By its hash the session may be that of several users."
	case id == "":
		refusal.Code, refusal.Reason = "no_session", "The row names no session."
	case o.nobodys[id]:
		refusal.Code, refusal.Reason = "invalid_user", "The session names no user."
	default:
		refusal.Code = "unmatched_session"
		refusal.Reason = "The session has no row of its own, and is the hashed id of no known user."
	}
	return "", refusal
}

// newestFirst orders rows by when they were changed, then by their id. The times of one store are written alike.
func newestFirst(a, b Row) int {
	at := func(r Row) string { return cmp.Or(r.Columns["updated_at"], r.Columns["created_at"]) }
	id := func(r Row) int { n, _ := strconv.Atoi(r.Columns["id"]); return n } // 0 in a JSON file
	return cmp.Or(cmp.Compare(at(b), at(a)), cmp.Compare(id(b), id(a)))
}
