create table tenant (
  name       text        primary key check (name ~ '^[a-z0-9-]{1,63}$'),
  title      text        not null default '',
  created_at timestamptz not null default now()
);

-- An app's name is the first part of every address, so it is unique over all tenants.
create table app (
  name       text        primary key check (name ~ '^[a-z0-9-]{1,63}$'),
  tenant     text        not null references tenant (name),
  title      text        not null default '',
  playback   text        not null check (playback in ('public', 'token')),
  created_at timestamptz not null default now(),
  unique (tenant, name)
);

create table stream (
  tenant     text        not null,
  app        text        not null,
  name       text        not null check (name ~ '^[A-Za-z0-9._~-]{1,128}$'),
  title      text        not null default '',
  created_at timestamptz not null default now(),
  primary key (app, name),
  foreign key (tenant, app) references app (tenant, name) on delete cascade
);

-- Only the SHA-256 of a key is kept. No stream: the key opens every stream of its app.
create table publish_key (
  id         text        primary key,
  tenant     text        not null,
  app        text        not null,
  stream     text,
  hash       bytea       not null unique check (length(hash) = 32),
  label      text        not null default '',
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  foreign key (tenant, app) references app (tenant, name) on delete cascade
);
create index publish_key_by_app on publish_key (app, id);

create table account (
  name          text        primary key check (name ~ '^[a-z0-9._@-]{1,63}$'),
  tenant        text        not null references tenant (name),
  role          text        not null check (role in ('administrator')),
  password_hash text        not null,
  created_at    timestamptz not null default now()
);

create table api_token (
  id         text        primary key,
  tenant     text        not null references tenant (name),
  account    text        not null references account (name) on delete cascade,
  hash       bytea       not null unique check (length(hash) = 32),
  label      text        not null default '',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index api_token_by_account on api_token (account, id);
