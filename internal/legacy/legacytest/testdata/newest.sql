-- What the newest version of the former back end has beside the tables of the pinned one.
alter table website_analyses add column brand_analysis json;
alter table website_analyses add column content_strategy_insights json;
alter table website_analyses add column social_media_presence json;
alter table website_analyses add column seo_audit json;
alter table website_analyses add column strategic_insights_history json;
alter table persona_data add column research_persona json;
alter table persona_data add column research_persona_generated_at TIMESTAMP;
drop table user_business_info;
create table user_business_info (
    id SERIAL primary key,
    user_id varchar(255),
    business_description text not null,
    industry varchar(100),
    target_audience text,
    business_goals text,
    created_at TIMESTAMP,
    updated_at TIMESTAMP
);
create table competitor_analyses (
    id SERIAL primary key,
    session_id integer not null references onboarding_sessions (id) on delete cascade,
    competitor_url text not null,
    competitor_domain varchar(255),
    analysis_date TIMESTAMP,
    analysis_data json,
    status varchar(50),
    error_message text,
    warning_message text,
    created_at TIMESTAMP,
    updated_at TIMESTAMP
);
