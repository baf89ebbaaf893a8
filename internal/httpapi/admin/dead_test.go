package admin_test

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/jobs"
)

const (
	pathDead    = adminPath + "/dead-jobs"
	unknownDead = pathDead + "/0197c1d2-0000-7000-8000-00000000dead"
)

// breaking panics at every website until it is mended.
type breaking struct {
	apitest.Stubs
	mended atomic.Bool
}

func (b *breaking) Crawl(ctx context.Context, crawl onboarding.Crawl) (onboarding.Site, error) {
	if !b.mended.Load() {
		panic("broken")
	}
	return b.Stubs.Crawl(ctx, crawl)
}

// newBrokenFixture serves with a worker that is broken until mend.
func newBrokenFixture(t *testing.T) (f *apitest.Fixture, mend func()) {
	t.Helper()
	f = apitest.New(t)
	crawler := &breaking{}
	f.WorkWith(func(c *jobs.WorkerConfig) { c.Crawler = crawler })
	return f, func() { crawler.mended.Store(true) }
}

// dies submits step 2 of a user and waits until the work is dead.
func dies(f *apitest.Fixture, user string) (id string) {
	f.T.Helper()
	r := f.As(user, http.MethodPost, apitest.PathSubmit, `{"data":{"website":"example.com"}}`)
	require.Equal(f.T, 202, r.Status, "%s", r.Body)
	id = fmt.Sprint(r.Object(f.T)["submission_id"])
	f.Eventually(1, "select count(*) from dead_jobs where submission_id = $1", id)
	return id
}

func TestDeadJobs(t *testing.T) {
	t.Parallel()
	f, _ := newBrokenFixture(t)
	first, second := dies(f, "ada"), dies(f, "grace")
	found := operate(f, 200, http.MethodGet, pathDead, "")
	all := apitest.List(t, found, "jobs")
	require.Len(t, all, 2)
	assert.Nil(t, found["next_after"])
	assert.Equal(t, second, all[0]["id"], "the newest first")
	job := operate(f, 200, http.MethodGet, pathDead+"/"+first, "")
	assert.Equal(t, all[1], job)
	assert.NotEmpty(t, job["died_at"])
	delete(job, "died_at")
	assert.Equal(t, map[string]any{
		"id": first, "user_id": "ada", "kind": "website_analysis", "step": 2.0, "code": "internal_error",
		"attempts": 1.0, "recoveries": 0.0, "replayed_as": nil, "replayed_at": nil,
	}, job)

	page := operate(f, 200, http.MethodGet, pathDead+"?limit=1", "")
	assert.Equal(t, second, page["next_after"])
	page = operate(f, 200, http.MethodGet, pathDead+"?limit=1&after="+second, "")
	assert.Equal(t, first, apitest.List(t, page, "jobs")[0]["id"])
	assert.Nil(t, page["next_after"])

	for query, want := range map[string]int{
		"kind=website_analysis": 2, "kind=persona_generation": 0, "code=internal_error": 2, "code=timeout": 0,
		"user_id=ada": 1, "unreplayed=true": 2,
		"since=2000-01-01T00:00:00Z": 2, "since=2999-01-01T00:00:00Z": 0,
		"user_id=grace&code=internal_error&kind=website_analysis": 1,
	} {
		assert.Len(t, apitest.List(t, operate(f, 200, http.MethodGet, pathDead+"?"+query, ""), "jobs"), want, query)
	}
}

func TestDeadJobsThatAreRefused(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	for _, query := range []string{
		"limit=0", "limit=501", "kind=%00", "code=%07", "user_id=%00", "since=yesterday",
		"after=x", "after=0197c1d2-0000-7000-8000-00000000dead", "unreplayed=perhaps",
	} {
		apitest.RequireProblem(t, f.AsAdmin(http.MethodGet, pathDead+"?"+query, ""), 400, "invalid_field")
	}
	for _, body := range []string{
		`{"kind":"\u0000"}`, `{"code":"\u0007"}`, `{"user_id":"\u0000"}`,
		`{"since":"yesterday"}`, `{"after":"x"}`, `{"after":"0197c1d2-0000-7000-8000-00000000dead"}`,
	} {
		apitest.RequireProblem(t, f.AsAdmin(http.MethodPost, pathDead+"/replay", body), 400, "invalid_field")
	}
	apitest.RequireProblem(t, f.AsAdmin(http.MethodGet, unknownDead, ""), 404, "not_found")
	apitest.RequireProblem(t, f.AsAdmin(http.MethodPost, unknownDead+"/replay", ""), 404, "not_found")
	apitest.RequireProblem(t, f.AsAdmin(http.MethodGet, pathDead+"/first", ""), 404, "not_found")
	for method, path := range map[string]string{http.MethodGet: pathDead, http.MethodPost: pathDead + "/replay"} {
		apitest.RequireProblem(t, f.As("ada", method, path, ""), 403, "admin_only")
	}
}

// A second replay, at the same time too, has no effect and tells of the first.
func TestDeadJobIsReplayedOnce(t *testing.T) {
	t.Parallel()
	f, mend := newBrokenFixture(t)
	id := dies(f, "ada")
	mend()
	const calls = 4
	answers := make([]apitest.Response, calls)
	var group errgroup.Group
	for i := range calls {
		group.Go(func() error {
			answers[i] = f.AsAdmin(http.MethodPost, pathDead+"/"+id+"/replay", "")
			return nil
		})
	}
	require.NoError(t, group.Wait())
	outcomes, as := map[any]int{}, map[any]bool{}
	for _, answer := range answers {
		require.Equal(t, 200, answer.Status, "%s", answer.Body)
		replay := answer.Object(t)
		assert.Equal(t, id, replay["id"])
		assert.Equal(t, "ada", replay["user_id"])
		assert.Nil(t, replay["code"])
		outcomes[replay["outcome"]]++
		as[replay["replayed_as"]] = true
	}
	assert.Equal(t, map[any]int{"replayed": 1, "already_replayed": calls - 1}, outcomes)
	assert.Len(t, as, 1)
	assert.Equal(t, 1,
		f.Count("select count(*) from audit_log where actor = 'ops' and action = 'dead_job.replay' and user_id = 'ada'"))
	f.Eventually(1, "select count(*) from onboarding_steps where user_id = 'ada' and step = 2 and status = 'completed'")
	assert.Equal(t, 2, f.Count("select count(*) from submissions where kind = 'website_analysis'"))
	job := operate(f, 200, http.MethodGet, pathDead+"/"+id, "")
	assert.True(t, as[job["replayed_as"]])
	assert.NotNil(t, job["replayed_at"])
	assert.Empty(t, apitest.List(t, operate(f, 200, http.MethodGet, pathDead+"?unreplayed=true", ""), "jobs"))
}

// All of a filter are replayed, but what has moved on.
func TestDeadJobsAreReplayedByFilter(t *testing.T) {
	t.Parallel()
	f, mend := newBrokenFixture(t)
	old := dies(f, "ada")
	first, second, other := dies(f, "ada"), dies(f, "grace"), dies(f, "alan")
	refused := operate(f, 200, http.MethodPost, pathDead+"/"+old+"/replay", "")
	assert.Equal(t, "refused", refused["outcome"])
	assert.Equal(t, "moved_on", refused["code"])
	assert.NotEmpty(t, refused["reason"])
	assert.Nil(t, refused["replayed_as"])
	mend()
	f.ExecAs("alan", "update dead_jobs set code = 'timeout' where submission_id = $1", other)
	const filter = `{"kind":"website_analysis","code":"internal_error","since":"2000-01-01T00:00:00Z"}`
	answer := operate(f, 200, http.MethodPost, pathDead+"/replay", filter)
	outcomes := map[string]any{}
	for _, replay := range apitest.List(t, answer, "replays") {
		outcomes[fmt.Sprint(replay["id"])] = replay["outcome"]
	}
	assert.Equal(t, map[string]any{old: "refused", first: "replayed", second: "replayed"}, outcomes)
	assert.Nil(t, answer["next_after"])
	f.Eventually(2, "select count(*) from onboarding_steps where step = 2 and status = 'completed'")

	again := apitest.List(t, operate(f, 200, http.MethodPost, pathDead+"/replay", filter), "replays")
	require.Len(t, again, 1)
	assert.Equal(t, old, again[0]["id"], "the others have been replayed")
	assert.Equal(t, 6, f.Count("select count(*) from submissions where kind = 'website_analysis'"))
	assert.Nil(t, operate(f, 200, http.MethodGet, pathDead+"/"+other, "")["replayed_as"])
	assert.Empty(t,
		apitest.List(t, operate(f, 200, http.MethodPost, pathDead+"/replay", `{"user_id":"nobody"}`), "replays"))
}

// One request replays at most 200; the next goes on after them, whatever became of them.
func TestDeadJobsAreReplayedInTurns(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	people(f, "p", 1)
	f.ExecAs("p00001",
		`insert into dead_jobs (submission_id, session_id, user_id, job_id, kind, step, code, attempts, recoveries)
		select gen_random_uuid(), id, user_id, 1, 'website_analysis', 2, 'internal_error', 1, 0 from onboarding_sessions, generate_series(1, 201)`)
	first := operate(f, 200, http.MethodPost, pathDead+"/replay", `{}`)
	require.Len(t, apitest.List(t, first, "replays"), 200)
	last := apitest.List(t, first, "replays")[199]
	assert.Equal(t, "moved_on", last["code"])
	assert.Equal(t, last["id"], first["next_after"])
	rest := operate(f, 200, http.MethodPost, pathDead+"/replay", fmt.Sprintf(`{"after":%q}`, last["id"]))
	assert.Len(t, apitest.List(t, rest, "replays"), 1)
	assert.Nil(t, rest["next_after"])
}
