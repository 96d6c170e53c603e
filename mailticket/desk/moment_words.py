"""How do people write dates? Words of English, German, French and Spanish, without accents and capitals (see fold)."""

from collections.abc import Mapping


def _numbered(*names: str) -> dict[str, int]:
    """Every word of the first string is 0, of the second one 1 and so on."""
    return {word: number for number, words in enumerate(names) for word in words.split()}


#: Monday is 0. Two-letter forms are German or French; where they differ, the rest of the words never fits.
WEEKDAYS: Mapping[str, int] = _numbered(
    "monday mon montag mo lundi lun lunes",
    "tuesday tue tues dienstag di mardi mar martes",
    "wednesday wed mittwoch mi mercredi mer miercoles mie",
    "thursday thu thur thurs donnerstag do jeudi jeu jueves jue",
    "friday fri freitag fr vendredi ven viernes vie",
    "saturday sat samstag sonnabend sa samedi sam sabado sab",
    "sunday sun sonntag so dimanche dim domingo dom",
)

#: January is 1.
MONTHS: Mapping[str, int] = _numbered(
    "",
    "january jan januar janner janvier janv enero ene",
    "february feb februar feber fevrier fevr fev febrero",
    "march mar marz maerz mrz mars marzo",
    "april apr avril avr abril abr",
    "may mai mayo",
    "june jun juni juin junio",
    "july jul juli juillet juil julio",
    "august aug aout agosto ago",
    "september sep sept septembre septiembre setiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez decembre diciembre dic",
)

#: Days from today.
DAYS: Mapping[str, int] = {
    **dict.fromkeys(("yesterday", "gestern", "hier", "ayer"), -1),
    **dict.fromkeys(("today", "tonight", "heute", "aujourd'hui", "aujourdhui", "hoy"), 0),
    **dict.fromkeys(("tomorrow", "tmrw", "morgen", "demain", "manana"), 1),
    **dict.fromkeys(
        ("day after tomorrow", "ubermorgen", "uebermorgen", "apres-demain", "apres demain", "pasado manana"), 2
    ),
}

#: Minutes of each unit; months are counted by the calendar.
UNITS: Mapping[str, int] = {
    **dict.fromkeys(["m", "min", "mins", "minute", "minutes", "minuten", "minuto", "minutos"], 1),
    **dict.fromkeys(
        ["h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "heure", "heures", "hora", "horas"], 60
    ),
    **dict.fromkeys(["d", "day", "days", "tag", "tage", "tagen", "t", "j", "jour", "jours", "dia", "dias"], 1440),
    **dict.fromkeys(
        ["w", "wk", "wks", "week", "weeks", "woche", "wochen", "sem", "semaine", "semaines", "semana", "semanas"], 10080
    ),
}
MONTH_UNITS = frozenset(["mo", "month", "months", "monat", "monate", "monaten", "mois", "mes", "meses"])

#: Which of several: the one to come, or the one of next week.
THIS = frozenset(
    ["this", "coming", "diesen", "dieser", "dieses", "kommenden", "kommender", "ce", "cet", "cette", "este", "esta"]
)
NEXT = frozenset(
    [
        "next",
        "nachsten",
        "nachster",
        "nachste",
        "nachstes",
        "naechsten",
        "naechster",
        "naechste",
        "prochain",
        "prochaine",
        "proximo",
        "proxima",
    ]
)
#: `la semana que viene`, `vendredi prochain`: after the word that they belong to.
NEXT_PHRASES: Mapping[str, str] = {"que viene": "next", "qui vient": "next", "a venir": "next"}
WEEK = frozenset(["week", "woche", "semaine", "semana"])

#: Words that add nothing.
FILLERS = frozenset(
    [
        "on",
        "by",
        "until",
        "till",
        "til",
        "before",
        "for",
        "from",
        "the",
        "in",
        "at",
        "of",
        "end",
        "am",
        "bis",
        "zum",
        "zur",
        "den",
        "dem",
        "der",
        "um",
        "ab",
        "in",
        "von",
        "ende",
        "le",
        "la",
        "les",
        "jusqu'a",
        "jusqua",
        "jusqu'au",
        "jusquau",
        "jusque",
        "au",
        "a",
        "avant",
        "pour",
        "du",
        "de",
        "d'",
        "dans",
        "el",
        "los",
        "las",
        "hasta",
        "para",
        "antes",
        "del",
        "en",
        "dentro",
    ]
)

#: Hours of words for a time of day.
HOURS: Mapping[str, int] = dict.fromkeys(("noon", "midday", "mittag", "mittags", "midi", "mediodia"), 12)
