"""Notices that Exchange and others write in the language of their users, without a report beside them."""

import pytest

from mailticket.mail.parse import parse_mail

#: language, subject, what the notice begins with
LANGUAGES = [
    ("English", "Undeliverable: Vase", "Delivery has failed to these recipients or groups:"),
    ("German", "Unzustellbar: Vase", "Fehler bei der Nachrichtenzustellung an folgende Empfänger:"),
    ("French", "Non remis : Vase", "Échec de la remise à ces destinataires ou groupes :"),
    ("Spanish", "No se puede entregar: Jarrón", "Error en la entrega a los siguientes destinatarios:"),
    ("Italian", "Non recapitabile: Vaso", "Impossibile recapitare il messaggio ai seguenti destinatari:"),
    ("Portuguese", "Não é possível entregar: Vaso", "A entrega falhou para estes destinatários ou grupos:"),
    ("Brazilian", "Não foi possível entregar: Vaso", "Falha na entrega a estes destinatários ou grupos:"),
    ("Dutch", "Onbestelbaar: Vaas", "Bezorging van het bericht aan deze geadresseerden is mislukt:"),
    ("Swedish", "Olevererbart: Vas", "Det gick inte att leverera meddelandet till följande mottagare:"),
    ("Danish", "Kan ikke leveres: Vase", "Levering mislykkedes til disse modtagere eller grupper:"),
    ("Norwegian", "Kan ikke leveres: Vase", "Leveringen mislyktes til disse mottakerne eller gruppene:"),
    ("Finnish", "Ei voi toimittaa: Maljakko", "Toimittaminen epäonnistui näille vastaanottajille:"),
    ("Polish", "Niedostarczalne: Wazon", "Nie można dostarczyć wiadomości do następujących adresatów:"),
    ("Czech", "Nedoručitelné: Váza", "Doručení následujícím příjemcům se nezdařilo:"),
    ("Hungarian", "Kézbesíthetetlen: Váza", "A kézbesítés nem sikerült a következő címzetteknek:"),
    ("Romanian", "Nelivrabil: Vază", "Mesajul nu a putut fi livrat acestor destinatari:"),
    ("Greek", "Δεν είναι δυνατή η παράδοση: Βάζο", "Η παράδοση απέτυχε σε αυτούς τους παραλήπτες:"),
    ("Russian", "Не удается доставить: Ваза", "Не удалось доставить сообщение следующим получателям:"),
    ("Ukrainian", "Не вдалося доставити: Ваза", "Не вдалося доставити повідомлення таким одержувачам:"),
    ("Turkish", "Teslim edilemedi: Vazo", "Şu alıcılara veya gruplara teslim edilemedi:"),
    ("Hebrew", "לא ניתן למסירה: אגרטל", "המסירה לנמענים אלה נכשלה:"),
    ("Arabic", "غير قابل للتسليم: مزهرية", "فشل التسليم إلى هؤلاء المستلمين:"),
    ("Japanese", "配信不能: 花瓶", "次の受信者またはグループへの配信に失敗しました:"),
    ("Chinese", "未送达: 花瓶", "未能将邮件传递给以下收件人:"),
    ("Chinese in Taiwan", "無法傳遞: 花瓶", "無法傳遞至這些收件者或群組:"),
    ("Korean", "배달되지 않음: 꽃병", "다음 받는 사람에게 배달되지 않았습니다:"),
    ("Vietnamese", "Không thể gửi: Bình", "Không thể gửi thư đến những người nhận này:"),
    ("Indonesian", "Tidak dapat dikirim: Vas", "Pengiriman gagal ke penerima ini:"),
]


@pytest.mark.parametrize(("subject", "beginning"), [one[1:] for one in LANGUAGES], ids=[one[0] for one in LANGUAGES])
def test_notice_is_read_in_any_language(subject: str, beginning: str) -> None:
    raw = (
        f"From: postmaster@shop.example\nTo: desk@acme.example\nSubject: {subject}\n"
        "Content-Type: text/plain; charset=utf-8\n\n"
        f"{beginning}\n\ncarla@shop.example\n\n#550 5.1.1 RESOLVER.ADR.RecipNotFound ##\n"
    )
    bounce = parse_mail(raw.encode()).bounce

    assert bounce is not None
    assert (bounce.recipients, bounce.status) == (("carla@shop.example",), "5.1.1")


DELAYED_SUBJECTS = (
    "Zustellung verzögert",
    "Remise retardée",
    "Entrega retrasada",
    "Consegna ritardata",
    "Entrega atrasada",
    "Bezorging vertraagd",
    "Dostarczenie opóźnione",
    "Leverans försenad",
    "Levering forsinket",
    "Toimitus viivästyy",
    "Доставка задержана",
    "Teslimat gecikti",
    "配信遅延",
    "邮件延迟",
    "배달 지연",
)
DELAYED_SENTENCES = (
    "Die Nachricht wurde noch nicht zugestellt:",
    "Le message n'a pas encore été remis à :",
    "Aún no se ha entregado el mensaje a:",
    "Il messaggio non è ancora stato consegnato a:",
    "A mensagem ainda não foi entregue a:",
    "Het bericht is nog niet bezorgd bij:",
    "Wiadomość jeszcze nie została dostarczona do:",
    "Сообщение пока не доставлено:",
)


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [*((subject, "") for subject in DELAYED_SUBJECTS), *(("Mail", sentence) for sentence in DELAYED_SENTENCES)],
)
def test_delay_is_known_by_its_subject_or_by_its_words(subject: str, sentence: str) -> None:
    raw = (
        f"From: Mail Delivery System <mailer-daemon@shop.example>\nTo: desk@acme.example\nSubject: {subject}\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{sentence}\n\ncarla@shop.example\n450 4.2.0 later\n"
    )
    bounce = parse_mail(raw.encode()).bounce

    assert bounce is not None
    assert (bounce.recipient, bounce.status, bounce.delayed) == ("carla@shop.example", "4.2.0", True)


@pytest.mark.parametrize("subject", [one[1] for one in LANGUAGES[1:]], ids=[one[0] for one in LANGUAGES[1:]])
def test_subject_is_known_without_any_other_word(subject: str) -> None:
    raw = (
        f"From: postmaster@shop.example\nTo: desk@acme.example\nSubject: {subject}\n"
        "Content-Type: text/plain; charset=utf-8\n\ncarla@shop.example\n"
    )
    assert parse_mail(raw.encode()).bounce is not None
