-- Schema "movies". May run again at any time: what is there stays as it is.

set local client_min_messages = warning;

create schema if not exists movies;

create table if not exists movies.dates (
    release_date date primary key,
    day_of_month smallint not null,
    iso_week smallint not null,
    month smallint not null,
    quarter smallint not null,
    year smallint not null
);

-- A budget or revenue of 0 means that it is not known.
create table if not exists movies.movies (
    movie_id integer primary key,
    title text,
    original_language text,
    is_adult boolean,
    budget bigint,
    revenue bigint,
    popularity double precision,
    release_date date references movies.dates,
    runtime double precision,
    vote_count integer,
    vote_average double precision
);
create index if not exists movies_release_date on movies.movies (release_date);

create table if not exists movies.genres (
    genre_id integer primary key,
    genre_name text not null
);

create table if not exists movies.movie_genres (
    movie_id integer not null references movies.movies,
    genre_id integer not null references movies.genres,
    primary key (movie_id, genre_id)
);
create index if not exists movie_genres_genre_id on movies.movie_genres (genre_id);

-- Names are not unique: many companies share theirs with another.
create table if not exists movies.companies (
    company_id integer primary key,
    company_name text not null
);

create table if not exists movies.movie_companies (
    movie_id integer not null references movies.movies,
    company_id integer not null references movies.companies,
    primary key (movie_id, company_id)
);
create index if not exists movie_companies_company_id on movies.movie_companies (company_id);

-- One row per month; the index is null for a month that the source lists without a value.
create table if not exists movies.cpi (
    date_cd date primary key,
    consumer_price_index numeric(10, 3)
);

-- movie_id is the TMDB id as MovieLens gives it, and no foreign key: it may name a movie that the TMDB file does not have.
create table if not exists movies.links (
    movielens_id integer primary key,
    imdb_id text,
    movie_id integer
);
create index if not exists links_movie_id on movies.links (movie_id);

-- movie_id is set only where links leads to a movie of movies.movies; other ratings are kept without one.
create table if not exists movies.ratings (
    user_id integer not null,
    movielens_id integer not null,
    movie_id integer references movies.movies,
    rating numeric(2, 1) not null,
    rated_at timestamptz not null,
    primary key (user_id, movielens_id)
);
create index if not exists ratings_movie_id on movies.ratings (movie_id);
