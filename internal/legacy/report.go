package legacy

import (
	"sync"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/legacy/store"
)

// Report says what became of every row of a store. It holds no values but ids of users.
type Report struct {
	// From is the address of the store without a password, Kind what it is.
	From   string `json:"from"`
	Kind   string `json:"kind"`
	DryRun bool   `json:"dry_run"`
	// Complete is false if the run was interrupted: the rest of the rows was not looked at then.
	Complete bool    `json:"complete"`
	Seconds  float64 `json:"seconds"`
	Users    Users   `json:"users"`
	Tables   []Table `json:"tables"`
	// Lost are rows that are neither imported nor present nor refused: never any but after an interruption.
	Lost int `json:"lost"`
	// UnknownColumns are columns that nobody has decided about.
	UnknownColumns []string `json:"unknown_columns"`
	// Rows are those that are refused or kept for prefill only, at most maxListed.
	Rows       []ListedRow `json:"rows"`
	RowsLeftOf int         `json:"rows_left_out"`
}

// Users are how many users had data taken over, had it taken over before, have deleted their account here, and failed.
type Users struct {
	Imported int `json:"imported"`
	Present  int `json:"present"`
	Deleted  int `json:"deleted_here"`
	Failed   int `json:"failed"`
}

// All are the users that were read.
func (u Users) All() int { return u.Imported + u.Present + u.Deleted + u.Failed }

// Table counts the rows of a table: Source = Imported + Present + Refused + Lost.
type Table struct {
	Table    string `json:"table"`
	Source   int    `json:"source"`
	Imported int    `json:"imported"`
	// Present are rows in whose place something stands here already.
	Present int `json:"present"`
	Refused int `json:"refused"`
	// Prefill are those of the imported and present rows that are kept for prefill only.
	Prefill int `json:"prefill"`
	// Reasons count the codes of refused rows and of those for prefill.
	Reasons map[string]int `json:"reasons"`
}

// ListedRow is a row, or rows that belong to nobody.
type ListedRow struct {
	Table   string `json:"table"`
	User    string `json:"user,omitempty"`
	Row     string `json:"row,omitempty"`
	Where   string `json:"where,omitempty"`
	Rows    int    `json:"rows"`
	Outcome string `json:"outcome"`
	Code    string `json:"code"`
	Reason  string `json:"reason"`
}

// maxListed bounds the list of rows.
const maxListed = 100_000

// Total sums up the tables.
func (r *Report) Total() (total Table) {
	for _, t := range r.Tables {
		total.Source += t.Source
		total.Imported += t.Imported
		total.Present += t.Present
		total.Refused += t.Refused
		total.Prefill += t.Prefill
	}
	return total
}

// counter makes a report while users are taken over concurrently.
type counter struct {
	mu     sync.Mutex
	report *Report
	tables map[string]*Table
}

func newCounter(r *Report) *counter {
	c := &counter{report: r, tables: map[string]*Table{}}
	for _, name := range store.Tables {
		c.tables[name] = &Table{Table: name, Reasons: map[string]int{}}
	}
	return c
}

// refuse counts rows that belong to nobody.
func (c *counter) refuse(refusal store.Refusal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.tables[refusal.Table]
	t.Refused += refusal.Rows
	t.Reasons[refusal.Code] += refusal.Rows
	c.list(ListedRow{
		Table: refusal.Table, Where: refusal.Where, Rows: refusal.Rows, Outcome: "refused", Code: refusal.Code,
		Reason: refusal.Reason,
	})
}

func (c *counter) list(row ListedRow) {
	if len(c.report.Rows) == maxListed {
		c.report.RowsLeftOf++
		return
	}
	c.report.Rows = append(c.report.Rows, row)
}

// changedHere and the like are the reasons of parts that are not taken over.
var partReasons = map[flow.PartOutcome]string{
	flow.PartChangedHere: "The user has changed the step here, and removed what it held.",
	flow.PartDeletedHere: "The user has deleted the account here.",
}

// user counts the rows of a user by what became of the parts.
func (c *counter) user(user store.User, mapped Mapped, taken flow.Taken) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch taken.Account {
	case flow.PartTaken:
		c.report.Users.Imported++
	case flow.PartDeletedHere:
		c.report.Users.Deleted++
	default:
		c.report.Users.Present++
	}
	for i, row := range user.Rows {
		v, outcome := mapped.Verdicts[i], taken.Account
		if v.Part >= 0 {
			outcome = taken.Parts[v.Part]
		}
		if reason, not := partReasons[outcome]; not && !v.Refused {
			v.Refused, v.Code, v.Reason = true, string(outcome), reason
		}
		c.row(user.ID, row, v, outcome)
	}
}

// failed counts the rows of a user who could not be taken over this time.
func (c *counter) failed(user store.User) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Users.Failed++
	for _, row := range user.Rows {
		c.row(user.ID, row, Verdict{Refused: true, Code: "busy", Reason: "The user was busy; run the import again."}, "")
	}
}

func (c *counter) row(userID string, row store.Row, v Verdict, outcome flow.PartOutcome) {
	t, listed := c.tables[row.Table], ListedRow{
		Table: row.Table, User: userID, Row: row.Columns["id"], Rows: 1, Outcome: "refused", Code: v.Code, Reason: v.Reason,
	}
	switch {
	case v.Refused:
		t.Refused++
	case outcome == flow.PartTaken:
		t.Imported++
	default:
		t.Present++
	}
	if v.Code == "" {
		return
	}
	t.Reasons[v.Code]++
	if !v.Refused {
		t.Prefill++
		listed.Outcome = "prefill"
	}
	c.list(listed)
}

// finish completes the report with the rows that the store has counted by itself.
func (c *counter) finish(source map[string]int) {
	for _, name := range store.Tables {
		t := c.tables[name]
		t.Source = source[name]
		if t.Source == 0 && t.Refused == 0 {
			continue
		}
		c.report.Lost += t.Source - t.Imported - t.Present - t.Refused
		c.report.Tables = append(c.report.Tables, *t)
	}
}
