"""Marketing: six campaigns, what they showed, brought and cost by day; the posts of the blog.

Planted: the campaign Search: brand loses most of its leads in the last month (its form is broken).
A post is read most in the month after it was published.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from kpitree.templates.generators import chance

SEED: Final = 505
POSTS_A_MONTH: Final = 12.0
LUCK_OF_POSTS: Final = 0.45
FORM_WORKS_AT_LAST: Final = 0.35  # of the leads that it brought before
ORDER_VALUE: Final = 1_150.0
TOPICS: Final = {"how-to": 0.45, "customer story": 0.30, "news": 0.25}


@dataclass(frozen=True)
class _Campaign:
    """Rates are of the step before; cost is of a click (of the blog: of a day)."""

    name: str
    channel: str
    country: str
    impressions: float  # a day
    click_rate: float
    lead_rate: float
    customer_rate: float
    cost: float


CAMPAIGNS: Final = (
    _Campaign("Search: brand", "search", "DE", 3_100, 0.042, 0.064, 0.15, 1.30),
    _Campaign("Search: product", "search", "DE", 3_900, 0.026, 0.042, 0.12, 2.40),
    _Campaign("Search: Austria", "search", "AT", 1_500, 0.030, 0.045, 0.12, 1.90),
    _Campaign("Social: video", "social", "DE", 8_200, 0.009, 0.022, 0.08, 0.90),
    _Campaign("Social: Austria", "social", "AT", 3_600, 0.010, 0.024, 0.08, 0.80),
    _Campaign("Blog", "blog", "DE", 15_000, 0.014, 0.018, 0.14, 95.0),
)


def rows() -> dict[str, str]:
    """campaigns.csv: one row a day and campaign. posts.csv: one row a post."""
    rng = chance.source(SEED)
    luck = chance.luck(rng, LUCK_OF_POSTS)
    header = "day,campaign,channel,country,impressions,clicks,leads,customers,spend,sales"
    return {
        "campaigns.csv": chance.csv_text(header, _campaign_days(rng, luck)),
        "posts.csv": chance.csv_text("published_on,topic", _posts(rng, luck)),
    }


def _campaign_days(rng: Random, luck: list[float]) -> Iterator[tuple[chance.Field, ...]]:
    """Clicks, leads and customers are told on the day of the click, as ad platforms do."""
    for day in chance.days():
        number = chance.month_number(day)
        for one in CAMPAIGNS:
            read = luck[max(0, number - 1)] if one.channel == "blog" else 1.0
            shown = one.impressions * read * (1 + 0.006 * number) * chance.middling(rng, 0.8, 1.2)
            clicks = chance.whole(rng, shown * one.click_rate * chance.middling(rng, 0.8, 1.2))
            leads = chance.share(rng, clicks, one.lead_rate * _form(one, day))
            customers = chance.share(rng, leads, one.customer_rate)
            spend = one.cost * (clicks if one.channel != "blog" else 1.0)
            sales = sum(ORDER_VALUE * chance.middling(rng, 0.4, 1.6) for _ in range(customers))
            what = day, one.name, one.channel, one.country
            yield *what, int(shown), clicks, leads, customers, f"{spend:.2f}", f"{sales:.2f}"


def _form(campaign: _Campaign, day: date) -> float:
    """The share of the leads that its form lets through."""
    broken = campaign.name == "Search: brand" and day >= chance.LAST_MONTH
    return FORM_WORKS_AT_LAST if broken else 1.0


def _posts(rng: Random, luck: list[float]) -> Iterator[tuple[chance.Field, ...]]:
    """On any days of each month."""
    for month, factor in zip(chance.months(), luck, strict=True):
        posts = chance.whole(rng, POSTS_A_MONTH * factor)
        for day in chance.some_days(rng, month, posts):
            yield day, chance.pick(rng, TOPICS)
