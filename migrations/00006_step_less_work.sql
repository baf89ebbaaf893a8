-- +goose Up

-- Work that answers one call and completes no step.
alter table submissions drop constraint submissions_kind_check;
alter table submissions add constraint submissions_kind_check check (kind in (
    'website_analysis', 'analysis_import', 'persona_generation', 'persona_import',
    'personalization_inputs', 'api_key_validation',
    'website_preview', 'quality_assessment', 'sitemap_analysis', 'competitor_discovery'));

-- +goose Down
delete from submissions where kind in ('website_preview', 'quality_assessment', 'sitemap_analysis', 'competitor_discovery');
alter table submissions drop constraint submissions_kind_check;
alter table submissions add constraint submissions_kind_check check (kind in (
    'website_analysis', 'analysis_import', 'persona_generation', 'persona_import',
    'personalization_inputs', 'api_key_validation'));
