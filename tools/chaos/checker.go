package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/llm/llmtest"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// checker compares the record with the database.
type checker struct {
	*record
	conn *pgx.Conn
	// lastFault is when the last fault had ended.
	lastFault time.Time
	runs      map[string][]jobRun // by submission
	// asked are the calls that the providers have recorded.
	asked []llmtest.Call
}

// settleTime is how long after the last fault all work must have ended.
const settleTime = 60 * time.Second

// rows reads all rows of a statement.
func rows[T any](ctx context.Context, conn *pgx.Conn, sql string, args ...any) ([]T, error) {
	found, err := conn.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, pgx.RowToStructByPos[T])
}

// stored is a submission as the database has it.
type stored struct {
	ID, User, Kind string
	Step           int
	Status, Code   string
	Finished       *time.Time
	Created        time.Time
	// Completed counts the transitions to completed, Events the step events that
	// report one.
	Completed, Events int
	JobState          string
}

const storedSQL = `
select s.id::text, s.user_id, s.kind, coalesce(s.step, 0)::int, s.status, coalesce(s.failure_code, ''), s.finished_at, s.created_at,
    (select count(*) from audit.submissions a where a.submission_id = s.id and a.status = 'completed')::int,
    (select count(*) from step_events e where e.session_id = s.session_id and e.submission_id = s.id and e.step = s.step
        and e.status = 'completed' and e.phase = 'finished')::int,
    coalesce((select j.state::text from river_job j where j.id = s.job_id), 'gone')
from submissions s`

// submissions checks every submission that there is, and every one that was accepted.
func (c *checker) submissions(ctx context.Context) error {
	all, err := rows[stored](ctx, c.conn, storedSQL)
	if err != nil {
		return fmt.Errorf("read the submissions: %w", err)
	}
	byID := map[string]stored{}
	for _, s := range all {
		byID[s.ID] = s
		c.submission(s)
	}
	for id, w := range c.works {
		s, ok := byID[id]
		switch {
		case !ok:
			c.find("lost", id, fmt.Sprintf("submission %s of %s (step %d) was accepted at %s and is not there", id, w.user,
				w.step, w.at.Format(clock)))
		case s.Status == "in_progress":
			c.find("lost", id, fmt.Sprintf("submission %s of %s (step %d) was accepted at %s and has not ended; its job is %s",
				id, w.user, w.step, w.at.Format(clock), s.JobState))
		}
		if ok {
			c.outcome(w, s)
		}
	}
	return nil
}

// submission checks one by itself.
func (c *checker) submission(s stored) {
	deadline := c.lastFault.Add(settleTime)
	switch {
	case s.Status == "in_progress":
		c.find("stuck", s.ID, fmt.Sprintf("submission %s of %s (%s) is in progress since %s; its job is %s", s.ID, s.User,
			s.Kind, s.Created.Format(clock), s.JobState))
	case s.Finished.After(deadline):
		c.find("stuck", s.ID, fmt.Sprintf("submission %s of %s (%s) ended %s after the last fault", s.ID, s.User, s.Kind,
			s.Finished.Sub(c.lastFault).Round(time.Second)))
	}
	if s.Completed > 1 || s.Events > 1 {
		c.find("doubled", s.ID, fmt.Sprintf("submission %s of %s (%s) was completed %d times, with %d events", s.ID, s.User,
			s.Kind, s.Completed, s.Events))
	}
	completed := s.Status == "completed"
	if s.Step > 0 && completed != (s.Events > 0) || completed != (s.Completed > 0) {
		c.find("contradictory", s.ID,
			fmt.Sprintf("submission %s of %s (%s) is %s, was completed %d times and has %d events that say so", s.ID, s.User,
				s.Kind, s.Status, s.Completed, s.Events))
	}
	if s.Status != "in_progress" &&
		slices.Contains([]string{"available", "pending", "running", "retryable", "scheduled"}, s.JobState) {
		c.find("contradictory", "job of "+
			s.ID, fmt.Sprintf("submission %s of %s (%s) is %s, its job %s", s.ID, s.User, s.Kind, s.Status, s.JobState))
	}
}

// outcome compares what the API accepted and reported with what is stored.
func (c *checker) outcome(w work, s stored) {
	seen, told := c.sightings[s.ID]
	if told && (seen.status == "completed" || seen.status == "failed") && seen.status != s.Status {
		c.find("lost", s.ID, fmt.Sprintf("submission %s of %s was %s for the API at %s, and is %s", s.ID, w.user, seen.status,
			seen.at.Format(clock), s.Status))
	}
	// Nothing in the run cancels a job or causes an internal error.
	if s.Status == "failed" && (s.Code == "cancelled" || s.Code == "internal_error") {
		c.find("contradictory", "code of "+s.ID,
			fmt.Sprintf("submission %s of %s (step %d) failed as %s, which nothing here causes", s.ID, w.user, w.step, s.Code))
	}
	if w.fails == "" || s.Status == "superseded" || s.Status == "cancelled" || s.Status == "in_progress" {
		return
	}
	if s.Status != "failed" || s.Code != w.fails && s.Code != "worker_lost" {
		c.find("contradictory", "code of "+
			s.ID, fmt.Sprintf("submission %s of %s had to fail as %s and is %s %s", s.ID, w.user, w.fails, s.Status, s.Code))
	}
}

// clock is the format of times in findings.
const clock = "15:04:05.000"

// held is a step that has a result, with that result.
type held struct {
	User, Submission string
	Step             int
	Website          string
	Says             bool // the analysis contains the token, for step 2
	Platforms        []string
	Owner            string // the submission that the result names
}

const heldSQL = `
select t.user_id, t.result_submission_id::text, t.step::int, coalesce(a.website_url, ''),
    coalesce(position(lower(split_part(a.website_url, '/', 4)) in lower(a.analysis::text)) > 0, false),
    coalesce(p.selected_platforms, '{}'), coalesce(case t.step when 2 then a.submission_id else p.submission_id end::text, '')
from onboarding_steps t
left join website_analyses a on t.step = 2 and a.session_id = t.session_id and a.submission_id = t.result_submission_id
left join persona_data p on t.step = 4 and p.session_id = t.session_id
where t.result_submission_id is not null`

// results checks that every step has the result of its own submission.
func (c *checker) results(ctx context.Context) error {
	all, err := rows[held](ctx, c.conn, heldSQL)
	if err != nil {
		return fmt.Errorf("read the results: %w", err)
	}
	for _, h := range all {
		w, ok := c.works[h.Submission]
		if !ok { // accepted, but the response was lost
			continue
		}
		wrong := ""
		switch {
		case h.Owner != h.Submission:
			wrong = "the result is of submission " + h.Owner
		case w.step == 2 && h.Website != w.website:
			wrong = "the analysis is of " + h.Website + " in place of " + w.website
		case w.step == 2 && !h.Says:
			wrong = "the analysis does not name " + w.token
		case w.step == 4 && !sameSet(h.Platforms, w.platforms):
			wrong = fmt.Sprintf("the personas are for %v in place of %v", h.Platforms, w.platforms)
		}
		if wrong != "" {
			c.find("contradictory", "result of "+h.Submission,
				fmt.Sprintf("step %d of %s holds the result of submission %s: %s", h.Step, h.User, h.Submission, wrong))
		}
	}
	return nil
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// kept is what a request stores without a job.
type kept struct {
	User     string
	LastFour string
	Topics   []string
	Done     bool
	Statuses []string // of the six steps
	Events   int
	Newest   int64
	Version  int64
}

const keptSQL = `
select s.user_id, coalesce((select string_agg(k.last_four, ',') from api_keys k where k.session_id = s.id), ''),
    coalesce((select r.content_types from research_preferences r where r.session_id = s.id), '{}'), s.completed_at is not null,
    (select array_agg(t.status order by t.step) from onboarding_steps t where t.session_id = s.id),
    (select count(*) from step_events e where e.session_id = s.id)::int,
    (select coalesce(max(e.seq), 0) from step_events e where e.session_id = s.id), s.version
from onboarding_sessions s`

// users checks what needed no job, and the numbering of the history.
func (c *checker) users(ctx context.Context) error {
	all, err := rows[kept](ctx, c.conn, keptSQL)
	if err != nil {
		return fmt.Errorf("read the users: %w", err)
	}
	found := map[string]bool{}
	for _, k := range all {
		found[k.User] = true
		if int64(k.Events) != k.Version || k.Newest != k.Version {
			c.find("contradictory", "history of "+
				k.User, fmt.Sprintf("%s is at version %d and has %d events up to %d", k.User, k.Version, k.Events, k.Newest))
		}
		if s, ok := c.states[k.User]; ok {
			c.user(k, s)
		}
	}
	for user := range c.states {
		if !found[user] {
			c.find("lost", user, "the user "+user+" is not there")
		}
	}
	return nil
}

func (c *checker) user(k kept, s *state) {
	lose := func(what string, ok bool) {
		if !ok {
			c.find("lost", what+" of "+k.User, fmt.Sprintf("%s of %s was accepted and is not there", what, k.User))
		}
	}
	lose("the key", s.lastFour == "" || strings.Contains(k.LastFour, s.lastFour))
	lose("the topic", s.topic == "" || slices.Contains(k.Topics, s.topic))
	lose("the finish", s.done.IsZero() || k.Done)
	for _, step := range s.skipped {
		lose(fmt.Sprintf("the skip of step %d", step), k.Statuses[step-1] == "skipped")
	}
}

// disagreement is a step whose rows contradict each other.
type disagreement struct{ User, What string }

// disagreementsSQL finds what the doctor does not look for.
const disagreementsSQL = `
select t.user_id, format('step %s is %s, its newest event says %s', t.step, t.status, e.status)
from onboarding_steps t
join lateral (select status from step_events e where e.session_id = t.session_id and e.step = t.step order by seq desc limit 1) e on true
where e.status <> t.status
union all
select t.user_id, format('step %s is %s, its submission %s %s', t.step, t.status, s.id, s.status)
from onboarding_steps t join submissions s on s.id = t.submission_id
where (t.status = 'in_progress') <> (s.status = 'in_progress') or (t.status = 'failed') <> (s.status = 'failed') and t.status <> 'pending' and s.status <> 'cancelled'
union all
select t.user_id, format('step %s holds the result of submission %s, which is %s', t.step, s.id, s.status)
from onboarding_steps t join submissions s on s.id = t.result_submission_id
where s.status <> 'completed'
union all
select a.user_id, format('the analysis of %s is of submission %s, which is %s', a.website_url, s.id, s.status)
from website_analyses a join submissions s on s.id = a.submission_id where s.status <> 'completed'
union all
select c.user_id, format('%s jobs of the user waited for the network at %s', c.jobs, c.at) from audit.crowds c
union all
select p.user_id, format('checkpoint %s of submission %s is left, which is %s', p.name, s.id, s.status)
from checkpoints p join submissions s on s.id = p.submission_id where s.status <> 'in_progress'`

// disagreements checks the rows of each step against each other.
func (c *checker) disagreements(ctx context.Context) error {
	all, err := rows[disagreement](ctx, c.conn, disagreementsSQL)
	if err != nil {
		return fmt.Errorf("compare the rows: %w", err)
	}
	for _, d := range all {
		c.find("contradictory", d.User+d.What, d.User+": "+d.What)
	}
	return nil
}

// charge is how often a question of a submission was charged.
type charge struct {
	Submission, User, Prompt, Provider string
	Times                              int
}

// charges checks that no question was charged more often than the attempts that died
// explain, according to the system's own rows and to the providers.
func (c *checker) charges(ctx context.Context) error {
	all, err := rows[charge](ctx, c.conn,
		`select submission_id::text, user_id, prompt, provider, count(*)::int from model_calls group by 1, 2, 3, 4 having count(*) > 1`)
	if err != nil {
		return fmt.Errorf("read the charges: %w", err)
	}
	for _, ch := range all {
		died := c.died(ch.Submission)
		if ch.Times > 1+died {
			c.find("doubled", "charge of "+ch.Submission+
				ch.Prompt, fmt.Sprintf("submission %s of %s was charged %d times by %s for %s, and %d of its attempts died",
				ch.Submission, ch.User, ch.Times, ch.Provider, ch.Prompt, died))
		}
	}
	return c.providerCharges(ctx)
}

// died counts the attempts at a submission that died.
func (c *checker) died(submission string) (n int) {
	for _, run := range c.runs[submission] {
		if run.died {
			n++
		}
	}
	return n
}

// providerCharges compares the providers' answers with the attempts that may have asked.
// Providers know a question by its name and a user by the key, so all submissions of a
// user's step count together.
func (c *checker) providerCharges(ctx context.Context) error {
	type question struct{ key, prompt string }
	answered := map[question]int{}
	for _, call := range c.asked {
		if !call.List && call.Status == http.StatusOK {
			answered[question{call.KeyFingerprint, call.PromptName}]++
		}
	}
	type submission struct {
		ID, User string
		Step     int
	}
	all, err := rows[submission](ctx, c.conn, `select id::text, user_id, step::int from submissions where step in (2, 4)`)
	if err != nil {
		return fmt.Errorf("read who may have asked: %w", err)
	}
	type step struct {
		user string
		step int
	}
	may := map[step]int{}
	for _, s := range all {
		may[step{s.User, s.Step}] += 1 + c.died(s.ID)
	}
	users := map[string]string{}
	for user, s := range c.states {
		users[s.key] = user
	}
	for q, times := range answered {
		user, ok := users[q.key]
		if !ok { // the key was accepted, but the response was lost
			continue
		}
		asks := step{user, 4}
		if q.prompt == string(onboarding.KindWebsiteAnalysis) {
			asks.step = 2
		}
		if times > may[asks] {
			c.find("doubled", "answers to "+user+
				q.prompt, fmt.Sprintf("a provider answered %s of %s %d times, and %d attempts at step %d explain it",
				q.prompt, user, times, may[asks], asks.step))
		}
	}
	return nil
}
