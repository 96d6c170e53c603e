"""Which orders does a mail speak of? Numbers behind a word for "order" in many languages, and those behind a `#`.

A ticket's tag, a date, a year, a telephone number are none. What is found is only ever looked up.
"""

import re

#: Characters that are looked at, and numbers that are kept.
_LOOKED_AT = 20_000
_MOST = 10

#: A word for it, in lower case; what follows may end it, and so may a word for "number".
_ORDER = (
    r"orders?(?: confirmation)?|purchase(?: order)?|p\.?o\.?|bestell(?:ung|bestätigung|-?nummer|-?nr|-?id)|commandes?|"
    r"auftrag(?:sbestätigung|s-?nummer|s-?nr|s)?|pedidos?|"
    r"orden(?: de compra)?|encomendas?|ordin[ei]|bestelling|bestelnummer|beställning(?:en|snummer|s)?|"
    r"bestilling(?:en|s)?|"
    r"bestillingsnummer|ordre[nr]?|tilau(?:s|ksen|snumero|sta)|zamówieni(?:e|a|u)|objednávk[ayuyě]|objednávce|rendelés(?:i|em|szám)?|"
    r"comand[aăe]|comenzii|заказ(?:а|у|е|ом)?|замовлення|поръчк[аи]|sipariş(?:im|i|in)?|παραγγελία[ς]?|narudžb[aeu]|"
    r"narudžbin[aeu]|naročil[oau]|užsakym(?:as|o)|pasūtījum(?:s|a)|tellimus(?:e|number)?|pesanan|đơn hàng|הזמנה|הזמנת|"
    r"طلب|الطلب|سفارش|คำสั่งซื้อ|pöntun(?:ar)?"
)
_ORDER_UNSPACED = r"注文(?:番号)?|ご注文(?:番号)?|订单(?:号|编号)?|訂單(?:編號|號碼|號)?|주문(?: ?번호)?"
_NUMBER = (
    r"numbers?|nummer|nummern|numéro|número|numero|numer|číslo|číslem|sz[aá]m[aú]?|номер|№|numaras[ıi]|numara|no|nr|nro|num|n|"
    r"n[º°o]|id|ref|code|αριθμός|αρ|номером|broj|numeris|mã|số|מספר|رقم|شماره|หมายเลข|番号|编号|번호|č|čís"
)
_LINK = r"(?:is|was|ist|lautet|est|es|è|är|er|with|mit der|with the|the|de|der|die|du|con|com|som|met|z|s|с|под)"
_BEFORE = re.compile(
    rf"(?:(?<![^\W_])(?:{_ORDER})|(?:{_ORDER_UNSPACED}))[- ]?"
    rf"(?:(?:{_LINK} )?(?:{_NUMBER})\.?)?(?: ?{_LINK})?[ \t]?[:：=#.(]{{0,2}}[ \t]?[#(]?$"
)
#: A number with the letters before it and what is joined to it.
_CANDIDATE = re.compile(
    r"(?<![A-Za-z0-9_./@+=&?%-])[A-Za-z]{0,6}-?\d[0-9A-Za-z]*(?:[-/][0-9A-Za-z]{1,12}){0,4}(?![\w@])"
)
#: So much before a number is looked at.
_LOOKED_BACK = 48
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|(?:19|20)\d\d(?:[-/]\d{1,2})?|\d{1,2}[-/](?:19|20)?\d\d")
_CLOCK_OR_SUM = re.compile(r"[.,:]\d|[ \xa0]?(?:€|\$|£|%|EUR|USD|GBP|CHF|PLN|Kč|kr\b)")


def order_numbers(subject: str, words: str) -> tuple[str, ...]:
    """The numbers of orders in a mail's subject and new words, in their order, each once."""
    text = f"{subject}\n{words[:_LOOKED_AT]}"
    found: dict[str, None] = {}
    for match in _CANDIDATE.finditer(text):
        if len(found) >= _MOST:
            break
        if sum(map(str.isdigit, match.group())) >= 3 and _is_order(text, match):
            found[match.group()] = None
    return tuple(found)


def _is_order(text: str, match: re.Match[str]) -> bool:
    number, start = match.group(), match.start()
    if _DATE.fullmatch(number) or _CLOCK_OR_SUM.match(text, match.end()) or len(number) > 40:
        return False
    before = text[max(0, start - _LOOKED_BACK) : start].rpartition("\n")[2]
    if _BEFORE.search(before.casefold()):
        return sum(map(str.isdigit, number)) >= 4 or not number.isdigit()
    # "[#2611-0042]" is a ticket's tag, "#123" the third thing of a list or an issue of somebody's
    alone = before.endswith("#") and before[-2:-1] in ("", " ", "\t", "(", ",", ";", ":")
    return alone and number.isdigit() and 4 <= len(number) <= 12 and text[match.end() : match.end() + 1] != "]"
