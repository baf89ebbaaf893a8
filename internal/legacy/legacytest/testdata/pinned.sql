-- The tables of the former back end as its pinned version creates them. SERIAL and TIMESTAMP are replaced for SQLite.
create table onboarding_sessions (
    id SERIAL primary key,
    user_id varchar(255) not null,
    current_step integer,
    progress float,
    started_at TIMESTAMP,
    updated_at TIMESTAMP
);
create table api_keys (
    id SERIAL primary key,
    session_id integer references onboarding_sessions (id),
    provider varchar(64) not null,
    key varchar(256) not null,
    created_at TIMESTAMP,
    updated_at TIMESTAMP
);
create table website_analyses (
    id SERIAL primary key,
    session_id integer not null references onboarding_sessions (id) on delete cascade,
    website_url varchar(500) not null,
    analysis_date TIMESTAMP,
    writing_style json,
    content_characteristics json,
    target_audience json,
    content_type json,
    recommended_settings json,
    crawl_result json,
    style_patterns json,
    style_guidelines json,
    status varchar(50),
    error_message text,
    warning_message text,
    created_at TIMESTAMP,
    updated_at TIMESTAMP
);
create table research_preferences (
    id SERIAL primary key,
    session_id integer not null references onboarding_sessions (id) on delete cascade,
    research_depth varchar(50) not null,
    content_types json not null,
    auto_research boolean,
    factual_content boolean,
    writing_style json,
    content_characteristics json,
    target_audience json,
    recommended_settings json,
    created_at TIMESTAMP,
    updated_at TIMESTAMP
);
create table persona_data (
    id SERIAL primary key,
    session_id integer not null references onboarding_sessions (id) on delete cascade,
    core_persona json,
    platform_personas json,
    quality_metrics json,
    selected_platforms json,
    created_at TIMESTAMP,
    updated_at TIMESTAMP
);
create table user_business_info (
    id SERIAL primary key,
    user_id integer,
    business_description text not null,
    industry varchar(100),
    target_audience text,
    business_goals text,
    created_at TIMESTAMP,
    updated_at TIMESTAMP
);
