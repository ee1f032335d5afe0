"""What a comment can be, in the words that the whole project uses. Standard library only."""

from enum import StrEnum


class Label(StrEnum):
    """A way in which a comment can harm; a comment may carry none, one or several."""

    TOXICITY = "toxicity"
    SEVERE_TOXICITY = "severe_toxicity"
    INSULT = "insult"
    THREAT = "threat"
    IDENTITY_ATTACK = "identity_attack"
    OBSCENITY = "obscenity"
    SEXUAL = "sexual"
    SPAM = "spam"


class Language(StrEnum):
    """The languages that are told apart; Uzbek in either script is ``uz``."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    UZBEK = "uz"
    KAZAKH = "kk"
    OTHER = "other"


DEFINITIONS: dict[Label, str] = {
    Label.TOXICITY: "Rude, hostile or demeaning enough to drive people out of the conversation.",
    Label.SEVERE_TOXICITY: "Hateful or aggressive beyond what any reader would put up with.",
    Label.INSULT: "Belittles a person or a group of people taking part or spoken of.",
    Label.THREAT: "Announces, wishes or calls for harm to somebody.",
    Label.IDENTITY_ATTACK: "Attacks people for their nationality, religion, sex or origin.",
    Label.OBSCENITY: "Swearing and vulgar words, whomever they are aimed at.",
    Label.SEXUAL: "Describes sexual acts or bodies in order to arouse or to degrade.",
    Label.SPAM: "Advertises, phishes or floods; has nothing to say about the article.",
}
