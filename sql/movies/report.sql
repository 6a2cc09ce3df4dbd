-- What the run's log shows in the end: of each answer the first ten rows.

-- title: What is loaded
select "table", "rows"
from (
    values
    (1, 'movies', (select count(*) from movies.movies)),
    (2, 'genres', (select count(*) from movies.genres)),
    (3, 'movie_genres', (select count(*) from movies.movie_genres)),
    (4, 'companies', (select count(*) from movies.companies)),
    (5, 'movie_companies', (select count(*) from movies.movie_companies)),
    (6, 'dates', (select count(*) from movies.dates)),
    (7, 'cpi', (select count(*) from movies.cpi)),
    (8, 'links', (select count(*) from movies.links)),
    (9, 'ratings', (select count(*) from movies.ratings))
) as counts (place, "table", "rows")
order by place;

-- title: Money and ratings in all
select
    sum(budget)::bigint as budget,
    sum(revenue)::bigint as revenue,
    (select count(*) from movies.ratings where movie_id is not null) as ratings_of_known_movies,
    (select count(*) from movies.ratings where movie_id is null) as ratings_without_movie
from movies.movies;

-- title: Highest rated movies with at least {{ params.min_ratings }} ratings
select title, year, ratings, mean_rating
from movies.answer_highest_rated_movies
order by mean_rating desc, ratings desc, movie_id
limit 10;

-- title: Most popular genres among users
select * from movies.answer_popular_genres order by ratings desc, genre_name limit 10;

-- title: Box office by release quarter
select * from movies.answer_box_office_by_quarter order by quarter;

-- title: Box office by release month, best first
select * from movies.answer_box_office_by_month order by revenue desc, month;

-- title: Highest-earning genres
select genre_name, movies_with_revenue, revenue
from movies.answer_top_earning_genres
order by revenue desc, genre_name
limit 10;

-- title: Highest-earning genres in CPI-adjusted dollars
select genre_name, adjusted_revenue, dollars_of, movies_without_cpi, revenue_without_cpi
from movies.answer_top_earning_genres
order by adjusted_revenue desc, genre_name
limit 10;

-- title: Best years of companies, by profit
select company_name, year, releases, budget, revenue, profit, mean_popularity
from movies.answer_company_years
where profit is not null
order by profit desc, company_id, year
limit 10;

-- title: Best years of genres, by profit
select genre_name, year, releases, budget, revenue, profit, mean_popularity
from movies.answer_genre_years
where profit is not null
order by profit desc, genre_id, year
limit 10;

-- title: Most popular genre of each year, latest first
select year, genre_name, mean_popularity, releases
from movies.answer_top_genre_of_year
order by year desc
limit 10;
