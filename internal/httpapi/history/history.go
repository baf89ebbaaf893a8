package history

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/version"
)

// Config configures the operations.
type Config struct {
	// Pool assumes the app role.
	Pool *postgres.Pool
	// Submitter restores versions.
	Submitter *flow.Submitter
}

// VersionEntry is a version without its content.
type VersionEntry struct {
	Version      int            `json:"version" example:"2" doc:"Counts the versions of the document from 1."`
	Status       string         `json:"status" enum:"current,past,proposed,declined" doc:"current is what counts. proposed was generated after the user had edited the document and waits to be accepted; declined was proposed and not taken."`
	Origin       string         `json:"origin" enum:"generated,edited,restored" doc:"How it came about."`
	Edited       bool           `json:"edited" doc:"Whether it has something that the user wrote."`
	RestoredFrom *int           `json:"restored_from" doc:"The version whose content it has again, null if it was not restored."`
	MadeBy       string         `json:"made_by" example:"local" doc:"local, client, the provider of the model, mixed or unknown."`
	MadeAt       time.Time      `json:"made_at"`
	Bytes        int            `json:"bytes" example:"48213" doc:"About its size as JSON."`
	BasedOn      *edge.MadeFrom `json:"based_on" doc:"The analysis that personas were made from; null for analyses and when it is not known."`
}

// VersionsBody lists the versions of a document.
type VersionsBody struct {
	Versions []VersionEntry `json:"versions" doc:"The newest first; empty before there is a document."`
	Kept     int            `json:"kept" example:"10" doc:"How many versions of a document are kept, the current one included."`
	MaxBytes int            `json:"max_bytes" example:"4194304" doc:"The size of all the caller's versions together, the current ones aside, above which the oldest go."`
}

// VersionBody is a version with its content.
type VersionBody struct {
	VersionEntry
	Content edge.Fields `json:"content" doc:"Of personas core_persona, platform_personas, quality_metrics, selected_platforms, engine and warnings; of an analysis style_analysis, style_patterns, style_guidelines, crawl_result and measurements."`
}

// ComparisonBody says what differs between two versions.
type ComparisonBody struct {
	From    VersionEntry `json:"from"`
	To      VersionEntry `json:"to"`
	Changes []Change     `json:"changes" doc:"What differs, at most 500 values."`
	LeftOut int          `json:"left_out" doc:"How many more there are."`
}

// Change is a value that differs.
type Change struct {
	Path   string `json:"path" example:"core_persona.tonal_range.default_tone" doc:"Names joined by dots, positions in brackets."`
	Kind   string `json:"kind" enum:"added,removed,changed"`
	Before value  `json:"before" doc:"Null where there was none."`
	After  value  `json:"after" doc:"Null where there is none."`
}

// value is any value of JSON.
type value struct{ json.RawMessage }

// Schema describes anything, or null.
func (value) Schema(huma.Registry) *huma.Schema {
	var types []*huma.Schema
	for _, name := range []string{
		huma.TypeString, huma.TypeNumber, huma.TypeBoolean, huma.TypeObject, huma.TypeArray, "null",
	} {
		types = append(types, &huma.Schema{Type: name, Items: map[string]*huma.Schema{huma.TypeArray: {}}[name]})
	}
	return &huma.Schema{AnyOf: types}
}

// RestoredBody is the response to a restored version.
type RestoredBody struct {
	Success      bool   `json:"success"`
	Version      int    `json:"version" example:"4" doc:"The number under which the content counts now."`
	RestoredFrom int    `json:"restored_from" example:"2" doc:"The version that was asked for."`
	Message      string `json:"message" example:"Version 2 counts again, as version 4."`
}

type handlers struct {
	cfg Config
	// order names the fields of the content in the order of a comparison.
	order []string
}

func (h handlers) queries(ctx context.Context) *postgres.Queries {
	return postgres.AsUser(h.cfg.Pool, edge.UserID(ctx))
}

func (h handlers) list(
	ctx context.Context, in *edge.StateInput, d version.Document,
) (*edge.StateOutput[VersionsBody], error) {
	versions, err := version.List(ctx, h.queries(ctx), edge.UserID(ctx), d)
	if err != nil {
		return nil, err
	}
	held, err := postgres.HeldAnalysisHead(ctx, h.queries(ctx), edge.UserID(ctx))
	body := VersionsBody{Kept: version.Kept, MaxBytes: version.MaxBytes, Versions: edge.Map(versions, func(
		v version.Version,
	) VersionEntry {
		return shown(v, held)
	})}
	return edge.Conditional(in, body, err)
}

func shown(v version.Version, held *onboarding.AnalysisHead) VersionEntry {
	return VersionEntry{
		Version: v.Number, Status: string(v.State), Origin: string(v.Origin), Edited: v.Edited,
		RestoredFrom: v.RestoredFrom, MadeBy: v.Provider, MadeAt: v.MadeAt, Bytes: v.Bytes,
		BasedOn: edge.ShownMadeFrom(v.BasedOn, held),
	}
}

func (h handlers) get(
	ctx context.Context, in *edge.StateInput, d version.Document, number int,
) (*edge.StateOutput[VersionBody], error) {
	entry, content, err := h.read(ctx, d, number)
	if err != nil {
		return nil, err
	}
	body := VersionBody{VersionEntry: entry}
	if err := json.Unmarshal(content, &body.Content); err != nil {
		return nil, fmt.Errorf("decode version %d: %w", number, err)
	}
	return edge.Conditional(in, body, nil)
}

// read returns a version and its content as clients read it.
func (h handlers) read(
	ctx context.Context, d version.Document, number int,
) (entry VersionEntry, content []byte, err error) {
	q := h.queries(ctx)
	v, content, err := version.Get(ctx, q, edge.UserID(ctx), d, number)
	if err != nil {
		return entry, nil, err
	}
	held, err := postgres.HeldAnalysisHead(ctx, q, edge.UserID(ctx))
	if err != nil || d.AnalysisID == 0 {
		return shown(v, held), content, err
	}
	var analysis onboarding.Analysis
	if err := json.Unmarshal(content, &analysis); err != nil {
		return entry, nil, fmt.Errorf("decode version %d: %w", number, err)
	}
	readable := onboarding.Show(analysis)
	edge.WithoutNulls(&readable)
	content, err = json.Marshal(readable)
	return shown(v, held), content, err
}

func (h handlers) compare(
	ctx context.Context, in *edge.StateInput, d version.Document, from, to int,
) (*edge.StateOutput[ComparisonBody], error) {
	var body ComparisonBody
	var contents [2]map[string]any
	for i, side := range []struct {
		number int
		entry  *VersionEntry
	}{{from, &body.From}, {to, &body.To}} {
		entry, content, err := h.read(ctx, d, side.number)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(content, &contents[i]); err != nil {
			return nil, fmt.Errorf("decode version %d: %w", side.number, err)
		}
		*side.entry = entry
	}
	changes, leftOut := version.Compare(contents[0], contents[1], h.order...)
	body.LeftOut, body.Changes = leftOut, edge.Map(changes, func(c version.Change) Change {
		return Change{Path: c.Path, Kind: c.Kind, Before: value{c.Before}, After: value{c.After}}
	})
	return edge.Conditional(in, body, nil)
}

func (h handlers) restore(ctx context.Context, d version.Document, number int) (*edge.Output[RestoredBody], error) {
	restored, err := h.cfg.Submitter.RestoreVersion(ctx, edge.UserID(ctx), d, number)
	body := RestoredBody{Success: true, Version: restored, RestoredFrom: number}
	if body.Message = fmt.Sprintf("Version %d counts again, as version %d.", number, restored); number == restored {
		body.Message = fmt.Sprintf("Version %d counts now.", number)
	}
	return edge.OK(body), err
}
