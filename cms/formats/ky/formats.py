"""Kyrgyz official dates: "2026-жылдын 17-июлу". The month forms are the "alt. month" words of cms/wagtail_locale."""

DATE_FORMAT = "Y-жылдын j-E"
DATETIME_FORMAT = "Y-жылдын j-E, H:i"
TIME_FORMAT = "H:i"
YEAR_MONTH_FORMAT = "Y-жыл, F"
MONTH_DAY_FORMAT = "j-E"
