package history

import (
	"context"
	"fmt"
	"net/http"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/version"
)

// AnalysisPath names an analysis in the path.
type AnalysisPath struct {
	ID int64 `path:"id" minimum:"1" example:"1" doc:"The id of the analysis."`
}

func (p AnalysisPath) document() version.Document { return version.Document{AnalysisID: p.ID} }

// VersionPath names a version in the path.
type VersionPath struct {
	Version int `path:"version" minimum:"1" example:"1" doc:"The number of the version."`
}

// OtherPath names a second version in the path.
type OtherPath struct {
	Other int `path:"other" minimum:"1" example:"2" doc:"The version that the changes lead to."`
}

type personaVersion struct {
	edge.StateInput
	VersionPath
}

type personaVersions struct {
	edge.StateInput
	VersionPath
	OtherPath
}

type analysis struct {
	edge.StateInput
	AnalysisPath
}

type analysisVersion struct {
	edge.StateInput
	AnalysisPath
	VersionPath
}

type analysisVersions struct {
	edge.StateInput
	AnalysisPath
	VersionPath
	OtherPath
}

type analysisRestore struct {
	AnalysisPath
	VersionPath
}

// Register adds the operations.
func Register(e *edge.Edge, cfg Config) {
	registerPersonas(e, handlers{cfg, []string{"core_persona", "platform_personas", "quality_metrics"}})
	registerAnalyses(e, handlers{cfg, []string{"style_analysis", "style_patterns", "style_guidelines"}})
}

// tag groups the operations in the document.
const tag = "history"

// aboutRestore describes the restoration of a version.
const aboutRestore = "Its content counts again, as a new version; a proposed version is accepted by it. The " +
	"personalization inputs are built from it. 409 for the current version."

func aboutVersions() string {
	return fmt.Sprintf("The last %d. Only what has changed has more than one.", version.Kept)
}

func registerPersonas(e *edge.Edge, h handlers) {
	const path = "/api/onboarding/step4/persona-versions"
	var personas version.Document
	edge.Register(e, "GET "+path, "listPersonaVersions", tag, "The versions of the personas", func(
		ctx context.Context, in *edge.StateInput,
	) (*edge.StateOutput[VersionsBody], error) {
		return h.list(ctx, in, personas)
	}, edge.About(aboutVersions()))
	edge.Register(e, "GET "+path+"/{version}", "getPersonaVersion", tag, "A version of the personas", func(
		ctx context.Context, in *personaVersion,
	) (*edge.StateOutput[VersionBody], error) {
		return h.get(ctx, &in.StateInput, personas, in.Version)
	},
		edge.About("The personas as they were in this version."))
	edge.Register(e, "GET "+path+"/{version}/compare/{other}", "comparePersonaVersions", tag,
		"What differs between two versions of the personas", func(
			ctx context.Context, in *personaVersions,
		) (*edge.StateOutput[ComparisonBody], error) {
			return h.compare(ctx, &in.StateInput, personas, in.Version, in.Other)
		},
		edge.About("Each field that was added, removed or changed, with the value before and after."))
	edge.Register(e, "POST "+path+"/{version}/restore", "restorePersonaVersion", tag,
		"Restore a version of the personas", func(
			ctx context.Context, in *VersionPath,
		) (*edge.Output[RestoredBody], error) {
			return h.restore(ctx, personas, in.Version)
		}, edge.Refuses(http.StatusConflict), edge.About(aboutRestore))
}

func registerAnalyses(e *edge.Edge, h handlers) {
	const path = "/api/onboarding/style-detection/analysis/{id}/versions"
	edge.Register(e, "GET "+path, "listAnalysisVersions", tag, "The versions of an analysis", func(
		ctx context.Context, in *analysis,
	) (*edge.StateOutput[VersionsBody], error) {
		return h.list(ctx, &in.StateInput, in.document())
	}, edge.About(aboutVersions()))
	edge.Register(e, "GET "+path+"/{version}", "getAnalysisVersion", tag, "A version of an analysis", func(
		ctx context.Context, in *analysisVersion,
	) (*edge.StateOutput[VersionBody], error) {
		return h.get(ctx, &in.StateInput, in.document(), in.Version)
	},
		edge.About("The analysis as it was in this version."))
	edge.Register(e, "GET "+path+"/{version}/compare/{other}", "compareAnalysisVersions", tag,
		"What differs between two versions of an analysis", func(
			ctx context.Context, in *analysisVersions,
		) (*edge.StateOutput[ComparisonBody], error) {
			return h.compare(ctx, &in.StateInput, in.document(), in.Version, in.Other)
		},
		edge.About("Each field that was added, removed or changed, with the value before and after."))
	edge.Register(e, "POST "+path+"/{version}/restore", "restoreAnalysisVersion", tag,
		"Restore a version of an analysis", func(
			ctx context.Context, in *analysisRestore,
		) (*edge.Output[RestoredBody], error) {
			return h.restore(ctx, in.document(), in.Version)
		}, edge.Refuses(http.StatusConflict), edge.About(aboutRestore))
}
