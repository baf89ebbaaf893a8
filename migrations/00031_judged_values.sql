-- +goose Up

-- What made a result: local, client, the model provider, or mixed where several took part.
alter table website_analyses add column provider text not null default 'unknown';
alter table persona_data add column provider text not null default 'unknown';

-- What is stored was made before calls were tied to results: the providers that were charged for the submission made it.
update website_analyses a set provider = case
    when a.analysis -> 'style_analysis' -> 'meta' ->> 'engine' in ('local', 'client') then a.analysis -> 'style_analysis' -> 'meta' ->> 'engine'
    else coalesce((select case when count(distinct c.provider) > 1 then 'mixed' else min(c.provider) end
                   from model_calls c where c.session_id = a.session_id and c.submission_id = a.submission_id), 'unknown') end;
update persona_data p set provider = case
    when p.engine in ('local', 'client') then p.engine
    else coalesce((select case when count(distinct c.provider) > 1 then 'mixed' else min(c.provider) end
                   from model_calls c where c.session_id = p.session_id and c.submission_id = p.submission_id), 'unknown') end;

-- Judged values were texts "value (evidence)" or "“quotation” (source)"; they are objects {value, evidence} now.
-- +goose StatementBegin
create function pg_temp.judged_paths() returns setof text[] language sql as $$
    select string_to_array(path || ',' || name, ',') from (values
        ('style_analysis,writing_style', 'tone voice complexity engagement_level brand_personality formality_level emotional_appeal'),
        ('style_analysis,content_characteristics', 'sentence_structure vocabulary_level paragraph_organization content_flow readability_score content_density visual_elements_usage'),
        ('style_analysis,target_audience', 'expertise_level industry_focus geographic_focus psychographic_profile'),
        ('style_analysis,content_type', 'primary_type purpose call_to_action conversion_focus educational_value'),
        ('style_analysis,recommended_settings', 'writing_tone target_audience content_type creativity_level geographic_location industry_context brand_alignment'),
        ('style_analysis,brand_analysis', 'brand_voice brand_positioning competitive_differentiation'),
        ('style_patterns', 'style_consistency'),
        ('style_patterns,patterns', 'sentence_length paragraph_structure'),
        ('style_guidelines', 'content_strategy')) as part (path, names), string_to_table(names, ' ') as name
$$;
-- +goose StatementEnd
-- +goose StatementBegin
create function pg_temp.judged(document jsonb) returns jsonb language plpgsql as $$
declare
    path text[];
    shown text;
    parts text[];
begin
    for path in select * from pg_temp.judged_paths() loop
        continue when coalesce(jsonb_typeof(document #> path), 'null') <> 'string';
        shown := document #>> path;
        parts := coalesce(
            regexp_match(shown, '^(“[^”]*”) (on [0-9]+ pages?.*)$'), -- calls to action
            regexp_match(shown, '^(“.*?”) \((.*)\)$'),
            case when shown not like '“%' then regexp_match(shown, '^(.+?) \((.*)\)$') end,
            array[shown, '']);
        document := jsonb_set(document, path, jsonb_build_object('value', parts[1], 'evidence', parts[2]));
    end loop;
    return document;
end
$$;
-- +goose StatementEnd
update website_analyses set analysis = pg_temp.judged(analysis);
update submissions set result = pg_temp.judged(result) where kind = 'website_preview' and result is not null;
-- Answers of models in the old form; running work asks again.
delete from checkpoints where name = 'analysis';
drop function pg_temp.judged_paths, pg_temp.judged;

-- +goose Down
-- +goose StatementBegin
create function pg_temp.shown(document jsonb) returns jsonb language plpgsql as $$
begin
    return case
        when jsonb_typeof(document) <> 'object' then document
        when document ?& array['value', 'evidence']
            then to_jsonb(document ->> 'value' || coalesce(' (' || nullif(document ->> 'evidence', '') || ')', ''))
        else coalesce((select jsonb_object_agg(key, pg_temp.shown(value)) from jsonb_each(document)), '{}') end;
end
$$;
-- +goose StatementEnd
delete from checkpoints where name = 'analysis';
update submissions set result = pg_temp.shown(result) where kind = 'website_preview' and result is not null;
update website_analyses set analysis = pg_temp.shown(analysis);
drop function pg_temp.shown;
alter table persona_data drop column provider;
alter table website_analyses drop column provider;
