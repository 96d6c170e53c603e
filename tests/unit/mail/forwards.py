"""Forwarded mail as many programs write it."""

from mailticket.mail.message import Address

OTTO = Address(name="Otto Old", addr_spec="otto@old.example")
GMAIL = """---------- Forwarded message ---------
From: Otto Old <otto@old.example>
Date: Sun, Nov 22, 2026 at 9:00 AM
Subject: vase
To: <carla@shop.example>


It is broken."""
OUTLOOK = """See below.

________________________________
From: Otto Old <otto@old.example>
Sent: Sunday, November 22, 2026 9:00 AM
To: Carla <carla@shop.example>
Subject: vase

It is broken."""
OLD_OUTLOOK = """-----Original Message-----
From: Otto Old [mailto:otto@old.example]
Sent: Sunday, November 22, 2026 9:00 AM
To: Carla
Subject: vase

It is broken."""
APPLE = """Begin forwarded message:

> From: Otto Old <otto@old.example>
> Subject: vase
> Date: 22. November 2026 at 09:00:00 CET
> To: carla@shop.example
>
> It is broken."""
APPLE_ON_A_MAC = "\n".join(f"> {line.removeprefix('> ').removeprefix('>')}".rstrip() for line in APPLE.split("\n"))
THUNDERBIRD = """-------- Forwarded Message --------
Subject: \tvase
Date: \tSun, 22 Nov 2026 09:00:00 +0100
From: \tOtto Old <otto@old.example>
To: \tcarla@shop.example

It is broken."""
YAHOO = """  ----- Forwarded Message -----
From: "Otto Old" <otto@old.example>
To: "carla@shop.example" <carla@shop.example>
Sent: Sunday, November 22, 2026 at 09:00:00 AM GMT+1
Subject: vase

It is broken."""
LANGUAGES = {
    "de": ("Von", "Gesendet", "An", "Betreff", "WG:"),
    "fr": ("De", "Envoyé", "À", "Objet", "TR:"),
    "es": ("De", "Enviado el", "Para", "Asunto", "RV:"),
    "it": ("Da", "Inviato", "A", "Oggetto", "I:"),
    "pt": ("De", "Enviado", "Para", "Assunto", "ENC:"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp", "Doorst:"),
    "sv": ("Från", "Skickat", "Till", "Ämne", "VB:"),
    "da": ("Fra", "Sendt", "Til", "Emne", "FW:"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe", "VL:"),
    "pl": ("Od", "Wysłano", "Do", "Temat", "PD:"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět", "FW:"),
    "hu": ("Feladó", "Küldve", "Címzett", "Tárgy", "Továbbítás:"),
    "ro": ("De la", "Trimis", "Către", "Subiect", "FW:"),
    "tr": ("Kimden", "Gönderildi", "Kime", "Konu", "İlt:"),
    "ru": ("От", "Отправлено", "Кому", "Тема", "Пересл:"),
    "uk": ("Від", "Надіслано", "Кому", "Тема", "FW:"),
    "bg": ("От", "Изпратено", "До", "Относно", "FW:"),
    "el": ("Από", "Στάλθηκε", "Προς", "Θέμα", "ΠΡΘ:"),
    "ja": ("差出人", "送信日時", "宛先", "件名", "転送:"),
    "zh": ("发件人", "发送时间", "收件人", "主题", "转发:"),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목", "전달:"),
    "vi": ("Từ", "Đã gửi", "Tới", "Chủ đề", "Chuyển tiếp:"),
}
