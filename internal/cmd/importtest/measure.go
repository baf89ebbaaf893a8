package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/cmd/child"
	"github.com/alwrity/onboarding/internal/legacy/legacytest"
)

// report is what the test reads of the report of an import.
type report struct {
	Users    int            `json:"users"`
	Source   int            `json:"source"`
	Imported int            `json:"imported"`
	Present  int            `json:"present"`
	Refused  int            `json:"refused"`
	Prefill  int            `json:"prefill"`
	Lost     int            `json:"lost"`
	Reasons  map[string]int `json:"reasons"`
}

func (r report) counts() legacytest.Counts {
	return legacytest.Counts{
		Source: r.Source, Imported: r.Imported, Present: r.Present, Refused: r.Refused, Prefill: r.Prefill,
	}
}

func readReport(raw []byte) (r report, err error) {
	err = json.Unmarshal(raw, &r)
	return r, err
}

// api is the program api, and what signs the tokens of its users.
type api struct {
	*child.Process

	url    string
	client http.Client
	issuer *auth.DevIssuer
}

const readyWait = 30 * time.Second

func (t *test) startAPI(ctx context.Context) (*api, error) {
	issuer, err := auth.OpenDevIssuer(t.folder)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"HTTP_ADDR", "METRICS_ADDR"} {
		if t.environ[name], err = child.FreeAddress(ctx, "127.0.0.1:0"); err != nil {
			return nil, err
		}
	}
	log := filepath.Join(t.folder, "api.log")
	p, err := child.Start("api", filepath.Join(t.programs, "api"), []string{"run"}, child.Environment(t.environ), log)
	if err != nil {
		return nil, err
	}
	a := &api{Process: p, url: "http://" + t.environ["HTTP_ADDR"], client: http.Client{Timeout: readyWait}, issuer: issuer}
	if err := child.AwaitOK(ctx, readyWait, "the api was", a.url+"/readyz"); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return a, nil
}

// call sends a request of a user and returns the body of the answer, which must be 200.
func (a *api) call(ctx context.Context, userID, method, path, body string) ([]byte, error) {
	token, err := a.issuer.Mint(auth.User{ID: userID}, time.Hour)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, a.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := a.client.Do(request)
	if err != nil {
		return nil, err
	}
	said, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %.300s", response.Status, said)
	}
	return said, err
}

// result is what was measured.
type result struct {
	report

	stores, changes, keys, wrong int
	took                         time.Duration
}

// measure imports, reads everything back, and imports again.
func (t *test) measure(ctx context.Context, a *api) (r result, err error) {
	if err := t.useFirst(ctx, a); err != nil {
		return r, err
	}
	t.say("importing")
	r.stores = len(t.stores)
	if r.report, r.took, err = t.importAll(ctx, "first"); err != nil {
		return r, err
	}
	t.say("reading %d users back", r.Users)
	if r.wrong, err = t.readBack(ctx, a); err != nil {
		return r, err
	}
	var want legacytest.Counts
	for _, s := range t.stores {
		want.Add(s.Sum())
	}
	if got := r.counts(); got != want {
		t.say("the rows are %+v instead of %+v", got, want)
		r.wrong++
	}
	t.say("importing again")
	before, err := legacytest.State(ctx, t.database)
	if err != nil {
		return r, err
	}
	again, _, err := t.importAll(ctx, "second")
	if err != nil {
		return r, err
	}
	after, err := legacytest.State(ctx, t.database)
	for table, sum := range after {
		if before[table] != sum {
			t.say("the second import has changed %s", table)
			r.changes++
		}
	}
	r.changes += again.Imported
	if again.Refused != r.Refused || again.Lost != 0 {
		t.say("the second import has refused %d rows, the first %d", again.Refused, r.Refused)
		r.wrong++
	}
	log, readErr := os.ReadFile(a.LogPath)
	for _, output := range append(t.outputs, string(log)) {
		for _, canary := range legacytest.Canaries {
			r.keys += strings.Count(output, canary)
		}
	}
	return r, errors.Join(err, readErr)
}

// useFirst has a user of the first store choose preferences here before the import, which must stay.
func (t *test) useFirst(ctx context.Context, a *api) error {
	want := &t.stores[0].Wants[0]
	_, err := a.call(ctx, want.ID, http.MethodPost, "/api/onboarding/step/3/complete",
		`{"data": {"research_depth": "Basic", "content_types": ["Own"]}}`)
	want.Research = map[string]any{"research_depth": "Basic", "content_types": []any{"Own"}}
	want.Completed = map[int]string{3: legacytest.AnyTime}
	want.Imported--
	want.Present++
	return err
}

// readers is how many users are read back at a time.
const readers = 4

// maxShown is how many differences are printed.
const maxShown = 10

// readBack compares every value of every user, and returns how many users are wrong.
func (t *test) readBack(ctx context.Context, a *api) (wrong int, err error) {
	var differences []error
	found, reading := make(chan error), &errgroup.Group{}
	reading.SetLimit(readers)
	done := make(chan struct{})
	go func() {
		for difference := range found {
			differences = append(differences, difference)
		}
		close(done)
	}()
	for _, s := range t.stores {
		for _, want := range s.Wants {
			reading.Go(func() error {
				err := legacytest.Check(func(userID, path string) ([]byte, error) {
					return a.call(ctx, userID, http.MethodGet, path, "")
				}, want)
				if err != nil {
					found <- err
				}
				return nil
			})
		}
	}
	err = reading.Wait()
	close(found)
	<-done
	for i, difference := range differences {
		if i < maxShown {
			t.say("%v", difference)
		}
	}
	return len(differences), errors.Join(err, ctx.Err())
}

// perSecond is how many users have to be imported in a second: 10,000 in a minute. It is not measured on fewer than
// minMeasured users, whose import is over before it is under way.
const (
	perSecond   = 10_000 / 60.0
	minMeasured = 5_000
)

// print prints the line, and fails if something misses.
func (r result) print(stdout io.Writer) error {
	rate := float64(r.Users) / r.took.Seconds()
	_, err := fmt.Fprintf(stdout, "import: stores=%d users=%d rows=%d imported=%d present=%d refused=%d lost=%d "+
		"second_run_changes=%d keys_in_output=%d users_per_s=%.0f\n",
		r.stores, r.Users, r.Source, r.Imported, r.Present, r.Refused, r.Lost, r.changes, r.keys, rate)
	switch {
	case err != nil:
		return err
	case r.wrong > 0:
		return fmt.Errorf("%d users or counts are wrong", r.wrong)
	case r.Lost != 0 || r.Source != r.Imported+r.Present+r.Refused:
		return errors.New("rows are lost")
	case r.changes > 0 || r.keys > 0:
		return errors.New("a second import changes something, or a key was printed")
	case rate < perSecond && r.Users >= minMeasured:
		return fmt.Errorf("fewer than %.0f users a second were imported", perSecond)
	}
	return nil
}
