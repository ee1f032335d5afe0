"""What the reasons of a ruling say, by their codes: lines with blanks for what differs. Pure.

A code with several lines says one of them; where one would match what another says, it is later.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ml.labels import Label

SCORE_HOLDS: Final = "{label} scored {score}, and from {limit} a comment is held."
SCORE_REJECTS: Final = "{label} scored {score}, and from {limit} a comment is rejected."
SCORE_HOLDS_ALL: Final = (
    "{label} scored {score}, and here no score is low enough to be published unseen."
)
CLEAR: Final = "No score reaches what this site holds or rejects, and no rule speaks."
RULES_DISAGREE: Final = "One rule would reject it and another vouches for it, so a person decides."
PRE_MODERATION: Final = "On this site a person sees every comment before readers do."
ARTICLE_PRE_MODERATED: Final = "Under this article a person sees every comment before readers do."
NO_SCORE_APPROVES: Final = "No score could be had in time, and the site then approves."
NO_SCORE_HOLDS: Final = "No score could be had in time, so a person decides."
NOTHING_JUDGED_APPROVES: Final = (
    "No score that this site goes by exists in the text's language, and the site then approves."
)
NOTHING_JUDGED_HOLDS: Final = (
    "No score that this site goes by exists in the text's language, so a person decides."
)
BANNED_WORD: Final = "On this site's list of banned words: the word {words}."
BANNED_WORDS: Final = "On this site's list of banned words: the words {words}."
BANNED_WORDS_AND_MORE: Final = (
    "On this site's list of banned words: the words {words} and {more} more."
)
SUSPECT_WORD: Final = "On this site's list of suspect words: the word {words}."
SUSPECT_WORDS: Final = "On this site's list of suspect words: the words {words}."
SUSPECT_WORDS_AND_MORE: Final = (
    "On this site's list of suspect words: the words {words} and {more} more."
)
LINKS: Final = "It links {count} time(s) to {hosts}; {most} is the most here."
CONTACTS: Final = "It gives away a way to be reached: {kinds}."
CAPITALS: Final = "{share} of its letters are capitals, and {limit} is shouting here."
CHARACTER_RUN: Final = (
    "One character stands {count} times in a row, and from {limit} a comment is looked at."
)
REPETITION: Final = "{share} of it was said before in it, and {limit} is too much here."
LANGUAGE: Final = "It is in {language}, and this site takes {accepted}."
COPY_EXACT: Final = "The same text came {count} times or more within {hours} hours."
COPY_NEAR: Final = "Nearly the same text came {count} times or more within {hours} hours."
ALWAYS_HELD: Final = "A person looks at everything that this author writes here."
SUSPENDED: Final = "The author is suspended here."
BANNED: Final = "The author is banned here."
AUTHOR_ALLOWED: Final = "The author is on this site's allow list."
AUTHOR_TRUSTED: Final = "The author is trusted: {approved} comments approved, none rejected."
AUTHOR_NEW: Final = (
    "The author is new here: {approved} comments approved so far, and {needed} are needed."
)
AUTHOR_OFTEN_REJECTED: Final = "Of the author's last {of} comments {rejected} were rejected."
THROWAWAY_EMAIL: Final = "The author's e-mail address is of a kind that is thrown away."
FLOOD_OF_AUTHOR: Final = (
    "{count} comments came from this author within {span}; {most} is the most here."
)
FLOOD_OF_NETWORK: Final = (
    "{count} comments came from this network within {span}; {most} is the most here."
)
FLOOD_UNDER_ARTICLE: Final = (
    "{count} comments came under this article within {span}; {most} is the most here."
)
A_MINUTE: Final = "a minute"
MINUTES: Final = "{minutes} minutes"
ARTICLE_OVER: Final = "This discussion is over: it was open for {days} days."

LINES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **{f"score_{label}": (SCORE_HOLDS, SCORE_REJECTS, SCORE_HOLDS_ALL) for label in Label},
        "clear": (CLEAR,),
        "rules_disagree": (RULES_DISAGREE,),
        "pre_moderation": (PRE_MODERATION,),
        "article_pre_moderated": (ARTICLE_PRE_MODERATED,),
        "no_score": (NO_SCORE_APPROVES, NO_SCORE_HOLDS),
        "nothing_judged": (NOTHING_JUDGED_APPROVES, NOTHING_JUDGED_HOLDS),
        "word_banned": (BANNED_WORD, BANNED_WORDS_AND_MORE, BANNED_WORDS),
        "word_suspect": (SUSPECT_WORD, SUSPECT_WORDS_AND_MORE, SUSPECT_WORDS),
        "links": (LINKS,),
        "contacts": (CONTACTS,),
        "capitals": (CAPITALS,),
        "character_run": (CHARACTER_RUN,),
        "repetition": (REPETITION,),
        "language": (LANGUAGE,),
        "copy_exact": (COPY_EXACT,),
        "copy_near": (COPY_NEAR,),
        "author_always_held": (ALWAYS_HELD,),
        "author_suspended": (SUSPENDED,),
        "author_banned": (BANNED,),
        "author_allowed": (AUTHOR_ALLOWED,),
        "author_trusted": (AUTHOR_TRUSTED,),
        "author_new": (AUTHOR_NEW,),
        "author_often_rejected": (AUTHOR_OFTEN_REJECTED,),
        "throwaway_email": (THROWAWAY_EMAIL,),
        "flood_author": (FLOOD_OF_AUTHOR,),
        "flood_network": (FLOOD_OF_NETWORK,),
        "flood_article": (FLOOD_UNDER_ARTICLE,),
        "article_over": (ARTICLE_OVER,),
    }
)
# What fills blanks and is made of a line itself.
PARTS: Final = (A_MINUTE, MINUTES, "written {written}", "phone", "email", "messenger")
