-- +goose Up

-- What a user reads is looked up by user_id, alone or with the second column. Each
-- table has at most one such row a session, and a user has one session.
create unique index website_analyses_user on website_analyses (user_id, website_url);
create unique index api_keys_user on api_keys (user_id, provider);
create unique index research_preferences_user on research_preferences (user_id);
create unique index business_info_user on business_info (user_id);
create unique index persona_data_user on persona_data (user_id);

-- +goose Down
drop index website_analyses_user, api_keys_user, research_preferences_user, business_info_user, persona_data_user;
