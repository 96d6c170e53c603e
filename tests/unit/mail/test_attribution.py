"""The line over a quotation: in many languages, wrapped anywhere, and never prose."""

import pytest

from mailticket.mail.reply import new_words

ATTRIBUTIONS = {
    "gmail": "On Sun, 22 Nov 2026 at 10:00, Acme Desk <desk@acme.example> wrote:",
    "apple": "On Nov 22, 2026, at 10:00 AM, Acme <desk@acme.example> wrote:",
    "thunderbird": "On 22/11/2026 10:00, Acme wrote:",
    "yahoo": "On Sunday, 22 November 2026, 10:00:12 am GMT+1, Acme <desk@acme.example> wrote:",
    "zoho": "---- On Sun, 22 Nov 2026 10:00:00 +0100 Acme <desk@acme.example> wrote ----",
    "mutt": "* Acme <desk@acme.example> [2026-11-22 10:00]:",
    "german": "Am So., 22. Nov. 2026 um 10:00 Uhr schrieb Acme <desk@acme.example>:",
    "german, name first": "Acme <desk@acme.example> schrieb am So., 22. Nov. 2026, 10:00:",
    "german, web mail": "Acme <desk@acme.example> hat am 22.11.2026 10:00 CET geschrieben:",
    "french": "Le dim. 22 nov. 2026 à 10:00, Acme <desk@acme.example> a écrit\u00a0:",
    "spanish": "El dom, 22 nov 2026 a las 10:00, Acme (<desk@acme.example>) escribió:",
    "portuguese": "Em dom., 22 de nov. de 2026 às 10:00, Acme <desk@acme.example> escreveu:",
    "italian": "Il giorno dom 22 nov 2026 alle ore 10:00 Acme <desk@acme.example> ha scritto:",
    "catalan": "El dia dg., 22 de nov. 2026, 10:00, Acme <desk@acme.example> va escriure:",
    "dutch": "Op zo 22 nov 2026 om 10:00 schreef Acme <desk@acme.example>:",
    "swedish": "Den sön 22 nov. 2026 kl 10:00 skrev Acme <desk@acme.example>:",
    "danish": "Den søn. 22. nov. 2026 kl. 10.00 skrev Acme <desk@acme.example>:",
    "norwegian": "søn. 22. nov. 2026 kl. 10:00 skrev Acme <desk@acme.example>:",
    "finnish": "su 22. marrask. 2026 klo 10.00 Acme (desk@acme.example) kirjoitti:",
    "estonian": "Kuupäev P, 22. november 2026 kell 10:00 kirjutas Acme <desk@acme.example>:",
    "latvian": "sv., 2026. g. 22. nov., plkst. 10:00 — lietotājs Acme (<desk@acme.example>) rakstīja:",
    "lithuanian": "2026-11-22, sk, 10:00 Acme <desk@acme.example> rašė:",
    "polish": "niedz., 22 lis 2026 o 10:00 Acme <desk@acme.example> napisał(a):",
    "czech": "ne 22. 11. 2026 v 10:00 odesílatel Acme <desk@acme.example> napsal:",
    "slovak": "ne 22. 11. 2026 o 10:00 Acme <desk@acme.example> napísal(a):",
    "hungarian": "Acme <desk@acme.example> ezt írta (időpont: 2026. nov. 22., V, 10:00):",
    "croatian": "ned, 22. stu 2026. u 10:00 Acme <desk@acme.example> napisao je:",
    "romanian": "În dum., 22 nov. 2026 la 10:00, Acme <desk@acme.example> a scris:",
    "bulgarian": "На нд, 22.11.2026 г. в 10:00 ч. Acme <desk@acme.example> написа:",
    "russian": "вс, 22 нояб. 2026 г. в 10:00, Acme <desk@acme.example>:",
    "russian, from": "Воскресенье, 22 ноября 2026, 10:00 +03:00 от Acme <desk@acme.example>:",
    "ukrainian": "нд, 22 лист. 2026 р. о 10:00 Acme <desk@acme.example> пише:",
    "greek": "Στις Κυρ 22 Νοε 2026 στις 10:00 π.μ., ο χρήστης Acme <desk@acme.example> έγραψε:",
    "turkish": "Acme <desk@acme.example>, 22 Kas 2026 Paz, 10:00 tarihinde şunu yazdı:",
    "hebrew": "\u202bבתאריך יום א׳, 22 בנוב׳ 2026 ב-10:00 מאת Acme \u200f<\u202adesk@acme.example\u202c\u200f>:",
    "arabic": "في الأحد، ٢٢ نوفمبر ٢٠٢٦ في ١٠:٠٠ ص تمت كتابة ما يلي بواسطة Acme <desk@acme.example>:",
    "vietnamese": "Vào CN, 22 thg 11, 2026 vào lúc 10:00 Acme <desk@acme.example> đã viết:",
    "indonesian": "Pada tanggal Min, 22 Nov 2026 pukul 10.00 Acme <desk@acme.example> menulis:",
    "thai": "ในวันที่ อา. 22 พ.ย. 2026 เวลา 10:00 Acme <desk@acme.example> เขียนว่า:",
    "japanese": "2026年11月22日(日) 10:00 Acme <desk@acme.example>:",
    "chinese": "Acme <desk@acme.example> 于2026年11月22日周日 10:00写道：",
    "korean": "2026년 11월 22일 (일) 오전 10:00, Acme <desk@acme.example>님이 작성:",
}


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
@pytest.mark.parametrize("below", ["\n> old\n> older", "\n\nold, and not marked"], ids=["marked", "unmarked"])
def test_it_goes_with_what_it_introduces(line: str, below: str) -> None:
    assert new_words(f"Thank you!\n\n{line}{below}\n") == "Thank you!"


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_it_is_known_wherever_it_is_wrapped(line: str) -> None:
    spaces = [at for at, character in enumerate(line) if character == " " and at > 30]

    for at in spaces:
        assert new_words(f"Thank you!\n\n{line[:at]}\n{line[at + 1 :]}\n\n> old\n") == "Thank you!", line[:at]


def test_what_shares_its_line_stays() -> None:
    assert new_words("Blue On Sun, Nov 22, 2026 at 10:00 AM, desk@acme.example wrote:\n> Which?") == "Blue"


@pytest.mark.parametrize(
    "prose",
    [
        "On 3 May 2026 I ordered at 10:00 a vase:\nit is blue",
        "See my order of 22.11.2026 10:00:\n1 vase\n2 plates",
        "Your page says, and so you wrote:\nreturns are free",
        "Please call Bob (bob@shop.example):\nhe knows",
    ],
)
def test_prose_is_none(prose: str) -> None:
    assert new_words(prose) == prose
