"""Feeling safe walking alone after dark: SDG indicator 16.1.4 for England and Wales (CSEW; OGL v3)."""

from pathlib import Path

import pandas as pd

POOLED = ("2017/18", "2018/19", "2019/20")
"""Survey years with figures by age before the pandemic."""
_GENDER_OF = {"Female": "woman", "Male": "man"}
_AGE_OF = {
    "16 to 24": "16-24",
    "25 to 34": "25-34",
    "35 to 44": "35-44",
    "45 to 54": "45-54",
    "55 to 64": "55-64",
    "65 to 74": "65-74",
    "75 and over": "75+",
}
_DISABILITY_OF = {"Disabled (GSS harmonised)": "disabled", "Non-disabled (GSS harmonised)": "not disabled"}


def feels_safe(folder: Path) -> pd.DataFrame:
    """Shares (0..1) who feel very or fairly safe: pooled by gender, age, disability; all ages also by year.

    Rows by age exist only pooled (`year` 2017/18-2019/20): a plain mean over the years present (`years` of them).
    """
    raw = pd.read_csv(folder / "safety" / "uk_feel_safe_after_dark_16-1-4.csv")
    table = pd.DataFrame(
        {
            "year": raw["year"],
            "gender": raw["sex"].map(_GENDER_OF).fillna("all"),
            "age_band": raw["age"].map(_AGE_OF).fillna("all"),
            "disability": raw["disability"].map(_DISABILITY_OF).fillna("all"),
            "share_safe": raw["percent_feel_safe_after_dark"] / 100,
            "years": 1,
        }
    ).dropna(subset="share_safe")
    keys = ["gender", "age_band", "disability"]
    pooled = (
        table[table["year"].isin(POOLED)]
        .groupby(keys, as_index=False)
        .agg(share_safe=("share_safe", "mean"), years=("years", "sum"))
    )
    pooled.insert(0, "year", f"{POOLED[0]}-{POOLED[-1]}")
    by_year = table[(table["age_band"] == "all") & (table["disability"] == "all")]
    both = pd.concat([pooled, by_year.sort_values(["year", *keys])], ignore_index=True)
    order = {word: at for at, word in enumerate([*_GENDER_OF.values(), *_AGE_OF.values(), "all"])}
    rank = both.assign(late=both["year"].str.len() == 7, g=both["gender"].map(order), a=both["age_band"].map(order))
    return both.loc[rank.sort_values(["late", "year", "disability", "g", "a"], kind="stable").index].reset_index(
        drop=True
    )
