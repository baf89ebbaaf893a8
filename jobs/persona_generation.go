package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/version"
)

// PersonaGenerator makes personas. It is deterministic and does no I/O: a model is
// asked between the prompts and the merges, which wrap onboarding.ErrBadAnswer for
// an answer that makes no sense.
type PersonaGenerator interface {
	Core(in onboarding.PersonaSources) onboarding.CorePersona
	CorePrompt(in onboarding.PersonaSources, core onboarding.CorePersona) onboarding.Prompt
	MergeCore(
		in onboarding.PersonaSources, core onboarding.CorePersona, answer onboarding.Answer,
	) (onboarding.CorePersona, error)
	Platform(
		in onboarding.PersonaSources, core onboarding.CorePersona, p onboarding.Platform,
	) (onboarding.PlatformPersona, error)
	PlatformPrompt(
		in onboarding.PersonaSources, core onboarding.CorePersona, persona onboarding.PlatformPersona, p onboarding.Platform,
	) onboarding.Prompt
	MergePlatform(
		in onboarding.PersonaSources, core onboarding.CorePersona, persona onboarding.PlatformPersona, p onboarding.Platform,
		answer onboarding.Answer,
	) (onboarding.PlatformPersona, []onboarding.Warning, error)
	Quality(in onboarding.PersonaSources, core onboarding.CorePersona,
		platforms map[onboarding.Platform]onboarding.PlatformPersona) onboarding.QualityMetrics
}

// personaGeneration makes the core persona and then one for each platform, all at once.
// Each is a checkpoint.
type personaGeneration struct {
	personas PersonaGenerator
	models   *models
}

// generated is a result with its origin, as a checkpoint keeps it.
type generated[T any] struct {
	Value T `json:"persona"`
	// Model and Provider are those of the language model that was used, "" without one.
	Model    string               `json:"model"`
	Provider onboarding.Provider  `json:"provider"`
	Warnings []onboarding.Warning `json:"warnings"`
}

// material is what the personas of one run are made from.
type material struct {
	sources onboarding.PersonaSources
	keys    []onboarding.StoredKey
	// kept are the checkpoints of former runs.
	kept map[string]json.RawMessage
}

func (w *personaGeneration) do(ctx context.Context, r *run) error {
	var input onboarding.PersonaInput
	if err := r.Input(&input); err != nil {
		return err
	}
	var m material
	var err error
	if m.sources, err = loadPersonaSources(ctx, r, input); err != nil {
		return err
	}
	if m.keys, err = r.modelKeys(ctx); err != nil {
		return err
	}
	if m.kept, err = postgres.Checkpoints(ctx, postgres.AsUser(r.Pool, r.Submission.UserID), r.Submission.ID); err != nil {
		return err
	}
	phase := onboarding.PhaseCorePersona
	if _, ok := m.kept["core"]; ok {
		phase = onboarding.PlatformPhase(countKept(m.kept, input.Platforms), len(input.Platforms))
	}
	if err := r.Enter(ctx, phase); err != nil {
		return err
	}
	core, err := once(ctx, r, m.kept, "core", func() onboarding.Phase {
		return onboarding.PlatformPhase(0,
			len(input.Platforms))
	},
		func(ctx context.Context) (generated[onboarding.CorePersona], error) { return w.core(ctx, r, m) })
	if err != nil {
		return fmt.Errorf("make the core persona: %w", err)
	}
	platforms, err := w.platforms(ctx, r, m, core.Value, input.Platforms)
	if err != nil {
		return err
	}
	var finishErr error
	err = r.compute(ctx, func() { finishErr = w.finish(r, m.sources, core, platforms, input) })
	return errors.Join(err, finishErr)
}

// core makes the core persona, with a model if the user has one.
func (w *personaGeneration) core(ctx context.Context, r *run, m material) (generated[onboarding.CorePersona], error) {
	var local onboarding.CorePersona
	var prompt onboarding.Prompt
	err := r.compute(ctx, func() {
		local = w.personas.Core(m.sources)
		prompt = w.personas.CorePrompt(m.sources, local)
	})
	if err != nil {
		return generated[onboarding.CorePersona]{}, err
	}
	asked, err := w.models.ask(ctx, r, m.keys, prompt)
	mergeCore := func(core onboarding.CorePersona, answer onboarding.Answer) (onboarding.CorePersona, error) {
		return w.personas.MergeCore(m.sources, core, answer)
	}
	return merge(local, asked, mergeCore), err
}

func (w *personaGeneration) platform(
	ctx context.Context, r *run, m material, core onboarding.CorePersona, p onboarding.Platform,
) (generated[onboarding.PlatformPersona], error) {
	var local onboarding.PlatformPersona
	var prompt onboarding.Prompt
	var localErr error
	err := r.compute(ctx, func() {
		if local, localErr = w.personas.Platform(m.sources, core, p); localErr == nil {
			prompt = w.personas.PlatformPrompt(m.sources, core, local, p)
		}
	})
	if err = errors.Join(err, localErr); err != nil {
		return generated[onboarding.PlatformPersona]{}, err
	}
	asked, err := w.models.ask(ctx, r, m.keys, prompt)
	var warnings []onboarding.Warning
	out := merge(local, asked, func(
		local onboarding.PlatformPersona, answer onboarding.Answer,
	) (merged onboarding.PlatformPersona, err error) {
		merged, warnings, err = w.personas.MergePlatform(m.sources, core, local, p, answer)
		return merged, err
	})
	out.Warnings = append(out.Warnings, warnings...)
	return out, err
}

// merge merges a model's answer over the persona of the local engine, which is the result if
// there is no answer or it makes no sense.
func merge[T any](local T, asked asked, over func(T, onboarding.Answer) (T, error)) generated[T] {
	out := generated[T]{Value: local, Warnings: asked.Warnings}
	if asked.Answer == nil {
		return out
	}
	merged, err := over(local, *asked.Answer)
	if err != nil {
		out.Warnings = append(out.Warnings, onboarding.Warning{Code: "local_engine", Message: "The answer of the model " +
			flow.Storable(asked.Answer.Model) + " could not be used, so the result was made without it."})
		return out
	}
	out.Value, out.Model, out.Provider = merged, asked.Answer.Model, asked.Provider
	return out
}

// platforms makes the personas of all platforms concurrently. One that waits or fails does not
// prevent the checkpoints of the others; a platform that can't be made is left out with a
// warning.
func (w *personaGeneration) platforms(
	ctx context.Context, r *run, m material, core onboarding.CorePersona, names []onboarding.Platform,
) (map[onboarding.Platform]generated[onboarding.PlatformPersona], error) {
	var (
		mu    sync.Mutex
		group sync.WaitGroup
		out   = map[onboarding.Platform]generated[onboarding.PlatformPersona]{}
		errs  []error
		done  = countKept(m.kept, names)
	)
	after := func() onboarding.Phase {
		mu.Lock()
		defer mu.Unlock()
		done++
		return onboarding.PlatformPhase(done, len(names))
	}
	for _, name := range names {
		group.Go(func() {
			var persona generated[onboarding.PlatformPersona]
			err := protect(func() (err error) {
				persona, err = once(ctx, r, m.kept, "platform/"+string(name), after,
					func(ctx context.Context) (generated[onboarding.PlatformPersona], error) {
						return w.platform(ctx, r, m, core, name)
					})
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				out[name] = persona
			case r.leaveOut(ctx, err):
				w.models.log.ErrorContext(ctx, "platform left out", "platform", string(name), "submission_id",
					r.Submission.ID, "error", err)
			default:
				errs = append(errs, fmt.Errorf("make the persona of %s: %w", name, err))
			}
		})
	}
	group.Wait()
	if err := worst(errs); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, &onboarding.Failure{Code: onboarding.FailureNoPersona}
	}
	return out, nil
}

func countKept(kept map[string]json.RawMessage, names []onboarding.Platform) int {
	n := 0
	for _, name := range names {
		if _, ok := kept["platform/"+string(name)]; ok {
			n++
		}
	}
	return n
}

// leaveOut reports whether a platform that failed with err is left out: if neither a provider
// nor the database is the cause, and retries have not helped or, after a panic, would not help.
func (r *run) leaveOut(ctx context.Context, err error) bool {
	_, limited := errors.AsType[*onboarding.RateLimitError](err)
	_, failed := errors.AsType[*onboarding.Failure](err)
	if ctx.Err() != nil || limited || failed || errors.Is(err, onboarding.ErrSuperseded) || postgres.Unavailable(err) {
		return false
	}
	_, panicked := errors.AsType[*panicError](err)
	return panicked || r.Job.Attempts >= attemptBudget
}

// worst returns the error that decides about the job: failures that a retry can't fix come
// before waits, and of waits the longest counts.
func worst(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	return slices.MaxFunc(errs, func(a, b error) int {
		return cmp.Or(severity(a)-severity(b), cmp.Compare(waitIn(a), waitIn(b)))
	})
}

// waitIn returns the wait of a rate limit, 0 for other errors.
func waitIn(err error) time.Duration {
	if limit, ok := errors.AsType[*onboarding.RateLimitError](err); ok {
		return snoozeOf(limit)
	}
	return 0
}

func severity(err error) int {
	failure, failed := errors.AsType[*onboarding.Failure](err)
	_, limited := errors.AsType[*onboarding.RateLimitError](err)
	switch {
	case errors.Is(err, onboarding.ErrSuperseded):
		return 3
	case failed && !failure.Temporary():
		return 2
	case limited:
		return 0
	default:
		return 1
	}
}

// finish assesses the quality and leaves the result to be saved.
func (w *personaGeneration) finish(
	r *run, in onboarding.PersonaSources, core generated[onboarding.CorePersona],
	platforms map[onboarding.Platform]generated[onboarding.PlatformPersona], input onboarding.PersonaInput,
) error {
	personas := onboarding.Personas{Platforms: map[onboarding.Platform]json.RawMessage{}, Selected: input.Platforms}
	typed := map[onboarding.Platform]onboarding.PlatformPersona{}
	engines, providers, warnings := []string{core.Model}, []onboarding.Provider{core.Provider}, core.Warnings
	var err error
	if personas.Core, err = json.Marshal(core.Value); err != nil {
		return fmt.Errorf("encode core persona: %w", err)
	}
	for _, name := range input.Platforms {
		platform, ok := platforms[name]
		if !ok {
			warnings = append(warnings,
				onboarding.Warning{Code: "platform_failed", Message: "The persona for " + string(name) + " could not be made."})
			continue
		}
		typed[name] = platform.Value
		engines, providers, warnings = append(engines, platform.Model), append(providers, platform.Provider), append(warnings,
			platform.Warnings...)
		if personas.Platforms[name], err = json.Marshal(platform.Value); err != nil {
			return fmt.Errorf("encode persona of %s: %w", name, err)
		}
	}
	if personas.Quality, err = json.Marshal(w.personas.Quality(in, core.Value, typed)); err != nil {
		return fmt.Errorf("encode quality: %w", err)
	}
	personas.Media = input.Media
	r.result.Personas = &version.Personas{
		Submission: r.Submission, Personas: personas, Engine: engineOf(engines), Provider: providerOf(providers...),
		Warnings: distinct(warnings), BasedOn: in.BasedOn,
	}
	return nil
}

// engineOf names the models that took part, or the local engine.
func engineOf(names []string) string {
	if names = named(names); len(names) == 0 {
		return "local"
	}
	return flow.Storable(strings.Join(names, ", "))
}

// providerOf names what made a result whose parts the providers took part in: the local
// engine, one provider, or several.
func providerOf(providers ...onboarding.Provider) string {
	switch providers = named(providers); len(providers) {
	case 0:
		return "local"
	case 1:
		return string(providers[0])
	}
	return "mixed"
}

// named sorts names and drops repeated and empty ones.
func named[T ~string](names []T) []T {
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name T) bool { return name == "" })
}

// distinct drops repeated warnings: platforms share their providers.
func distinct(warnings []onboarding.Warning) []onboarding.Warning {
	var out []onboarding.Warning
	for _, warning := range warnings {
		if !slices.Contains(out, warning) {
			out = append(out, warning)
		}
	}
	return out
}
