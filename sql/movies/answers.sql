-- The questions as views. A budget or revenue of 0 means that it is not known: it adds nothing to a sum, is left out of
-- every mean, and its movie has no profit.

set local client_min_messages = warning;

drop view if exists movies.answer_highest_rated_movies;
create view movies.answer_highest_rated_movies as
select
    m.movie_id,
    m.title,
    extract(year from m.release_date)::integer as year,
    r.ratings,
    round(r.mean_rating, 3) as mean_rating
from (
    select movie_id, count(*) as ratings, avg(rating) as mean_rating
    from movies.ratings
    where movie_id is not null
    group by movie_id
    having count(*) >= {{ params.min_ratings | int }}
) as r
join movies.movies as m using (movie_id)
order by r.mean_rating desc, r.ratings desc, m.movie_id;

-- How often users rate movies of a genre, and how well. A rating counts for each genre of its movie.
drop view if exists movies.answer_popular_genres;
create view movies.answer_popular_genres as
select
    g.genre_name,
    count(*) as rated_movies,
    sum(r.ratings)::bigint as ratings,
    round(sum(r.stars) / sum(r.ratings), 3) as mean_rating
from (
    select movie_id, count(*) as ratings, sum(rating) as stars
    from movies.ratings
    where movie_id is not null
    group by movie_id
) as r
join movies.movie_genres as mg using (movie_id)
join movies.genres as g using (genre_id)
group by g.genre_id, g.genre_name
order by ratings desc, g.genre_name;

drop view if exists movies.answer_box_office_by_quarter;
create view movies.answer_box_office_by_quarter as
select
    d.quarter,
    count(*) as releases,
    count(nullif(m.revenue, 0)) as releases_with_revenue,
    sum(m.revenue)::bigint as revenue,
    round(avg(nullif(m.revenue, 0))) as mean_revenue
from movies.movies as m
join movies.dates as d using (release_date)
group by d.quarter
order by d.quarter;

drop view if exists movies.answer_box_office_by_month;
create view movies.answer_box_office_by_month as
select
    d.month,
    count(*) as releases,
    count(nullif(m.revenue, 0)) as releases_with_revenue,
    sum(m.revenue)::bigint as revenue,
    round(avg(nullif(m.revenue, 0))) as mean_revenue
from movies.movies as m
join movies.dates as d using (release_date)
group by d.month
order by d.month;

-- adjusted_revenue is in dollars of the last month of the price index: revenue × last index / index of the release month.
-- Revenue of a month that the index does not have cannot be adjusted: it is in revenue_without_cpi, and not guessed.
drop view if exists movies.answer_top_earning_genres;
create view movies.answer_top_earning_genres as
with last_month as (
    select date_cd, consumer_price_index
    from movies.cpi
    where consumer_price_index is not null
    order by date_cd desc
    limit 1
),
earnings as (
    select
        m.movie_id,
        m.revenue,
        m.revenue * l.consumer_price_index / c.consumer_price_index as adjusted
    from movies.movies as m
    left join movies.cpi as c
        on c.date_cd = date_trunc('month', m.release_date)::date and c.consumer_price_index is not null
    left join last_month as l on true
    where m.revenue > 0
)
select
    g.genre_name,
    count(*) as movies_with_revenue,
    sum(e.revenue)::bigint as revenue,
    round(coalesce(sum(e.adjusted), 0))::bigint as adjusted_revenue,
    (select date_cd from last_month) as dollars_of,
    count(*) filter (where e.adjusted is null) as movies_without_cpi,
    coalesce(sum(e.revenue) filter (where e.adjusted is null), 0)::bigint as revenue_without_cpi
from earnings as e
join movies.movie_genres as mg using (movie_id)
join movies.genres as g using (genre_id)
group by g.genre_id, g.genre_name
order by revenue desc, g.genre_name;

drop view if exists movies.answer_company_years;
create view movies.answer_company_years as
select
    c.company_id,
    c.company_name,
    d.year,
    count(*) as releases,
    sum(m.budget)::bigint as budget,
    sum(m.revenue)::bigint as revenue,
    sum(m.revenue - m.budget) filter (where m.revenue > 0 and m.budget > 0)::bigint as profit,
    round(avg(m.popularity)::numeric, 3) as mean_popularity
from movies.movies as m
join movies.dates as d using (release_date)
join movies.movie_companies as mc using (movie_id)
join movies.companies as c using (company_id)
group by c.company_id, c.company_name, d.year
order by c.company_id, d.year;

drop view if exists movies.answer_top_genre_of_year;
drop view if exists movies.answer_genre_years;
create view movies.answer_genre_years as
select
    g.genre_id,
    g.genre_name,
    d.year,
    count(*) as releases,
    sum(m.budget)::bigint as budget,
    sum(m.revenue)::bigint as revenue,
    sum(m.revenue - m.budget) filter (where m.revenue > 0 and m.budget > 0)::bigint as profit,
    round(avg(m.popularity)::numeric, 3) as mean_popularity
from movies.movies as m
join movies.dates as d using (release_date)
join movies.movie_genres as mg using (movie_id)
join movies.genres as g using (genre_id)
group by g.genre_id, g.genre_name, d.year
order by g.genre_name, d.year;

-- By the mean popularity of the year's releases; of equals the genre with more releases.
create view movies.answer_top_genre_of_year as
select distinct on (year) year, genre_name, mean_popularity, releases
from movies.answer_genre_years
where mean_popularity is not null
order by year, mean_popularity desc, releases desc, genre_name;
